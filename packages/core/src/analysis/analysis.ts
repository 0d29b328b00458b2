import { LayersError } from '@layers/errors';
import { sameContents } from '../image/contents/compare-contents.js';
import { errorOf, isUnread } from '../image/layers/layer-index.js';
import { changesetOf, type ReadImage } from '../image/read-image.js';
import { type Changeset, contentBytesOf } from '../rootfs/changeset.js';
import type { CopyCandidate } from '../rootfs/layer-application.js';
import { NONE } from '../rootfs/node-table.js';
import { type RootfsTotals, rootfsTotals } from '../rootfs/rootfs.js';
import { type Union, uniteLayers } from '../rootfs/union.js';

/** A content that replaced an equal content at the same path. */
export type StoredAgain = CopyCandidate;

/** An image with its layers merged and all its contents counted. */
export interface Analysis {
  readonly image: ReadImage;
  readonly union: Union;
  readonly totals: RootfsTotals;
  /** Bytes of the regular files in each layer. */
  readonly contentBytes: readonly number[];
  /** Bytes of each layer's contents that no path of the root file system reaches. */
  readonly wastedBytes: readonly number[];
  /** Contents that were stored again only because attributes changed. */
  readonly storedAgain: readonly StoredAgain[];
}

/**
 * Merges the layers of an image and computes its waste. Asserts that `contentBytes = rootfsBytes + wastedBytes`.
 *
 * A layer that is damaged, or not a tar, has no entries here, and a finding.
 *
 * @param merged the merged layers, where they are merged already
 * @throws LayersError ERR_LAYERS_LIMIT where the sizes add up to more than 2^53 bytes;
 *   ERR_LAYERS_READ
 */
export function analyse(image: ReadImage, merged?: Union): Analysis {
  refuseDamage(image, { isComplete: false });
  const changesets = image.layers.map(changesetOf);
  const union = merged ?? uniteLayers(changesets);
  const same = sameContents(image, union.candidates);
  const storedAgain = union.candidates.filter((_, i) => same[i]);
  for (const { waste } of storedAgain) if (waste !== NONE) union.waste.setCause(waste, 'rewritten');

  const contentBytes = changesets.map(contentBytesOf);
  const wastedBytes = changesets.map(() => 0);
  for (let i = 0; i < union.waste.count; i++) {
    const { layer, entry } = union.waste.at(i);
    wastedBytes[layer] = (wastedBytes[layer] ?? 0) + sizeOf(changesets, layer, entry);
  }
  const totals = rootfsTotals(union);
  checkSums(sum(contentBytes), totals.rootfsBytes, sum(wastedBytes));
  return { image, union, totals, contentBytes, wastedBytes, storedAgain };
}

/**
 * Throws the problem of the first layer that was not read.
 *
 * @param options.isComplete also throws for a layer that is damaged or not a tar; default true
 */
export function refuseDamage(image: ReadImage, { isComplete = true } = {}): void {
  for (const { index, description } of image.layers) {
    if (!index?.problem || (!isComplete && isUnread(index))) continue;
    throw errorOf(index.problem, { archive: image.archive.source.path, file: description.name });
  }
}

export function sizeOf(changesets: readonly Changeset[], layer: number, entry: number): number {
  return changesets[layer]?.size[entry] ?? 0;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function checkSums(contentBytes: number, rootfsBytes: number, wastedBytes: number): void {
  if (!Number.isSafeInteger(contentBytes)) {
    throw new LayersError('ERR_LAYERS_LIMIT', 'the sizes of the files add up to more than 2^53 bytes', {
      hint: 'the image is malicious or damaged: no disk is that large',
    });
  }
  if (contentBytes !== rootfsBytes + wastedBytes) {
    throw new Error(
      `the sums of the contents differ: ${contentBytes} bytes are not ${rootfsBytes} + ${wastedBytes}`,
    );
  }
}
