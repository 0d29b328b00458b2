import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, nodePath } from '@layers/core/rootfs';
import { analysed } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type Member } from '@layers/testing/tar-builder';
import { expect, test } from 'vitest';
import { openDestination } from '../../src/extract/destination.ts';
import { createFolders } from '../../src/extract/folders.ts';
import { findMergedNames, nodesOfMergedNames } from '../../src/extract/merged-names.ts';
import { createReportBuilder } from '../../src/extract/report.ts';
import { TreeWriter } from '../../src/extract/tree-writer.ts';
import { fresh, missesOf } from './support/extracted.ts';

const scratch = useScratch();

async function unionOf(members: readonly Member[]) {
  const images = [{ tags: ['a:1'], layers: [buildTar(members)] }];
  const path = scratch.file(buildDockerArchive({ images }, { form: 'hybrid' }));
  return (await analysed({ path })).union;
}

/** A tree for a file system that merges names, as this one pretends to be. */
async function mergingTreeWriter(members: readonly Member[]) {
  const union = await unionOf(members);
  const destination = openDestination(fresh(scratch), true);
  const folders = createFolders(union, destination);
  const report = createReportBuilder(union);
  const merged = nodesOfMergedNames(union);
  const directory = destination.path;
  const tree = new TreeWriter({ union, folders, report, directory, force: true, merged });
  return { tree, report, directory, node: (path: string) => findNode(union, Buffer.from(path)) };
}

test('names that differ in case or in how accents are encoded fall together', async () => {
  const union = await unionOf([
    { path: 'net/xt_MARK.h' },
    { path: 'net/xt_mark.h' },
    { path: 'net/other' },
    { path: 'caf\u00e9' },
    { path: 'cafe\u0301' },
    { path: 'Net2/xt_mark.h' },
  ]);
  const paths = [...nodesOfMergedNames(union)].map((node) => Buffer.from(nodePath(union, node)).toString());
  expect(paths.sort()).toEqual(['/cafe\u0301', '/caf\u00e9', '/net/xt_MARK.h', '/net/xt_mark.h']);
});

test('where the file system keeps names apart, none fall together, and nothing is left of the trial', async () => {
  const union = await unionOf([{ path: 'a' }, { path: 'A' }]);
  const destination = openDestination(fresh(scratch), false);
  if (findMergedNames(union, destination).size > 0)
    return console.warn('skipped: this file system merges names');
  openDestination(destination.path, false);
});

test('the second of two files whose names fall together is told, not written over the first', async () => {
  const { tree, report, directory, node } = await mergingTreeWriter([{ path: 'a' }, { path: 'A' }]);
  const make = (words: string) => (path: Buffer) => writeFileSync(path, words, { flag: 'wx' });
  expect(tree.make(node('/A'), make('first'))).toBe(true);
  renameSync(join(directory, 'A'), join(directory, 'a'));
  expect(tree.make(node('/a'), make('second'))).toBe(false);
  expect(missesOf(report.build())).toEqual({ 'name-collision': 1 });
});

test('what was there before is replaced also where names may fall together', async () => {
  const { tree, directory, node } = await mergingTreeWriter([{ path: 'a' }, { path: 'A' }]);
  writeFileSync(join(directory, 'a'), 'before');
  expect(tree.make(node('/a'), (path) => writeFileSync(path, 'new', { flag: 'wx' }))).toBe(true);
});

test('two directories whose names fall together are filled together, with the attributes of the first', async () => {
  const { tree, report, directory, node } = await mergingTreeWriter([{ path: 'a/x' }, { path: 'A/y' }]);
  tree.makeDirectory(node('/A'));
  renameSync(join(directory, 'A'), join(directory, 'a'));
  tree.makeDirectory(node('/a'));
  expect(tree.hasParent(node('/a/x'))).toBe(true);
  expect(tree.isOwnDirectory(node('/a'))).toBe(false);
  expect(missesOf(report.build())).toEqual({ 'name-collision': 1 });
});
