// Checks results against images.json, and against files that other tools made from the images.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { layerFiles } from '../describe-images.mjs';
import { capture } from '../measure.mjs';

/** Returns a number with separators. */
export const count = (value) => value.toLocaleString('en');

/** Throws unless `found` is `wanted`. */
export function expectSame(what, found, wanted) {
  if (found !== wanted) throw new Error(`${what}: ${count(found)}, not ${count(wanted)}`);
}

/** The totals of `layers inspect --json`. */
export function totalsOf(context, name) {
  const argv = [process.execPath, context.cli, 'inspect', '--json', context.archive(name)];
  return JSON.parse(capture({ name: 'layers inspect --json', argv })).totals;
}

/** Throws unless `layers inspect --json` has the numbers of GNU tar and the decompressors. */
export function checkInspect(context, name) {
  const totals = totalsOf(context, name);
  for (const key of ['layers', 'entries', 'storedBytes', 'tarBytes', 'contentBytes'])
    expectSame(`totals.${key} of ${name}`, totals[key], context.images[name][key]);
  expectSame('root file system and waste', totals.rootfsBytes + totals.wastedBytes, totals.contentBytes);
}

/**
 * Returns the layers of an image as files, for tools that cannot read archives; with `only`, one layer. GNU tar extracts
 * them if they are not in the cache.
 */
export function extractedLayers(context, name, only) {
  const archive = context.archive(name);
  const folder = join(context.cache, `.layers-${name}`);
  const all = layerFiles(archive).map((member) => member.name);
  const members = only === undefined ? all : [all[only]];
  const files = members.map((member) => join(folder, member));
  const age = (file) => statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0;
  if (files.every((file) => age(file) > context.images[name].mtimeMs)) return files;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('tar', ['-xf', archive, '-C', folder, ...members], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tar cannot extract the layers of ${archive}`);
  return files;
}

/** Makes an empty directory in the cache, and returns a function that removes it. */
export function scratch(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return () => rmSync(folder, { recursive: true, force: true });
}

/** The number of entries that GNU tar lists in a tar. */
export function entriesByTar(file) {
  const argv = ['tar', '--quoting-style=escape', '-tf', file];
  return lines(capture({ name: 'tar -tf', argv }));
}

/** The number of lines of a text. */
export const lines = (text) => text.split('\n').length - 1;
