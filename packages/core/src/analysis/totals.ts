import { type Analysis, sum } from './analysis.js';
import type { Totals } from './documents.js';

/** Returns the sums over all layers and over the root file system. */
export function totalsOf({ image, union, totals, contentBytes, wastedBytes }: Analysis): Totals {
  const content = sum(contentBytes);
  return {
    layers: image.layers.length,
    entries: sum(union.layers.map(({ count }) => count)),
    storedBytes: sum(image.layers.map(({ index }) => index?.storedBytes ?? 0)),
    tarBytes: sum(image.layers.map(({ index }) => index?.tarBytes ?? 0)),
    contentBytes: content,
    rootfsBytes: totals.rootfsBytes,
    wastedBytes: sum(wastedBytes),
    efficiency: content === 0 ? 1 : totals.rootfsBytes / content,
    files: totals.files,
    directories: totals.directories,
    symlinks: totals.symlinks,
    others: totals.others,
  };
}
