import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, nodePath } from '@layers/core/rootfs';
import { analysed } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { expect, test } from 'vitest';
import { openDestination } from '../../src/extract/destination.ts';
import { findMergedNames, nodesOfMergedNames } from '../../src/extract/merged-names.ts';
import { createOpenDirectories } from '../../src/extract/open-directories.ts';
import { createReportBuilder } from '../../src/extract/report.ts';
import { TreeWriter } from '../../src/extract/tree-writer.ts';
import { newPath, notDoneCounts } from './support/extracted.ts';

const scratch = useScratch();

async function unionOf(entries: readonly EntrySpec[]) {
  const images = [{ tags: ['a:1'], layers: [buildTar(entries)] }];
  const path = scratch.file(buildDockerArchive({ images }, { form: 'hybrid' }));
  return (await analysed({ path })).union;
}

/** Returns a tree writer that treats this file system as one that merges names. */
async function mergingTreeWriter(entries: readonly EntrySpec[]) {
  const union = await unionOf(entries);
  const destination = openDestination(newPath(scratch), true);
  const directories = createOpenDirectories(union, destination);
  const report = createReportBuilder(union);
  const merged = nodesOfMergedNames(union);
  const directory = destination.path;
  const tree = new TreeWriter({ union, directories, report, directory, force: true, merged });
  return { tree, report, directory, node: (path: string) => findNode(union, Buffer.from(path)) };
}

test('names that differ in case or in the encoding of accents are merged', async () => {
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

test('a file system that distinguishes names merges none, and the test file is removed', async () => {
  const union = await unionOf([{ path: 'a' }, { path: 'A' }]);
  const destination = openDestination(newPath(scratch), false);
  if (findMergedNames(union, destination).size > 0)
    return console.warn('skipped: this file system merges names');
  openDestination(destination.path, false);
});

test('of two files with merged names, the second is reported, and does not replace the first', async () => {
  const { tree, report, directory, node } = await mergingTreeWriter([{ path: 'a' }, { path: 'A' }]);
  const make = (words: string) => (path: Buffer) => writeFileSync(path, words, { flag: 'wx' });
  expect(tree.make(node('/A'), make('first'))).toBe(true);
  renameSync(join(directory, 'A'), join(directory, 'a'));
  expect(tree.make(node('/a'), make('second'))).toBe(false);
  expect(notDoneCounts(report.build())).toEqual({ 'name-collision': 1 });
});

test('an existing file is replaced also if names are merged', async () => {
  const { tree, directory, node } = await mergingTreeWriter([{ path: 'a' }, { path: 'A' }]);
  writeFileSync(join(directory, 'a'), 'before');
  expect(tree.make(node('/a'), (path) => writeFileSync(path, 'new', { flag: 'wx' }))).toBe(true);
});

test('two directories with merged names become one, with the attributes of the first', async () => {
  const { tree, report, directory, node } = await mergingTreeWriter([{ path: 'a/x' }, { path: 'A/y' }]);
  tree.makeDirectory(node('/A'));
  renameSync(join(directory, 'A'), join(directory, 'a'));
  tree.makeDirectory(node('/a'));
  expect(tree.hasParent(node('/a/x'))).toBe(true);
  expect(tree.isOwnDirectory(node('/a'))).toBe(false);
  expect(notDoneCounts(report.build())).toEqual({ 'name-collision': 1 });
});
