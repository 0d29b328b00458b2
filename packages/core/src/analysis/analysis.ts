import { LayersError } from '@layers/errors';
import { sameContents } from '../image/contents/compare-contents.js';
import { errorOf } from '../image/layers/layer-index.js';
import { changesetOf, type ReadImage } from '../image/read-image.js';
import { type Changeset, contentBytesOf } from '../rootfs/changeset.js';
import type { CopyCandidate } from '../rootfs/layer-application.js';
import { NONE } from '../rootfs/node-table.js';
import { type RootfsTotals, rootfsTotals } from '../rootfs/rootfs.js';
import { type Union, uniteLayers } from '../rootfs/union.js';

/** A content that was stored again under a path whose old content has the same bytes. */
export type StoredAgain = CopyCandidate;

/** An image understood: its layers merged, and every content accounted for. */
export interface Analysis {
  readonly image: ReadImage;
  readonly union: Union;
  readonly totals: RootfsTotals;
  /** Bytes of the regular files in each layer. */
  readonly contentBytes: readonly number[];
  /** Bytes stored in each layer that no path reaches in the end. */
  readonly wastedBytes: readonly number[];
  /** Copies that copy-on-write made for a change of attributes alone. */
  readonly storedAgain: readonly StoredAgain[];
}

/**
 * Merges an image's layers and proves its waste: the bytes of all contents are those that paths reach and those
 * that none does, exactly.
 *
 * Throws a damaged layer's problem, ERR_LAYERS_LIMIT where sizes add up beyond 2^53, and ERR_LAYERS_READ.
 */
export function analyse(image: ReadImage): Analysis {
  refuseDamage(image);
  const changesets = image.layers.map(changesetOf);
  const union = uniteLayers(changesets);
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
  prove(sum(contentBytes), totals.rootfsBytes, sum(wastedBytes));
  return { image, union, totals, contentBytes, wastedBytes, storedAgain };
}

/** Throws what is wrong with a layer's bytes: what is only half known cannot be judged. */
export function refuseDamage(image: ReadImage): void {
  for (const { index, description } of image.layers) {
    if (index?.problem)
      throw errorOf(index.problem, { archive: image.archive.source.path, file: description.name });
  }
}

export function sizeOf(changesets: readonly Changeset[], layer: number, entry: number): number {
  return changesets[layer]?.size[entry] ?? 0;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function prove(contentBytes: number, rootfsBytes: number, wastedBytes: number): void {
  if (!Number.isSafeInteger(contentBytes)) {
    throw new LayersError('ERR_LAYERS_LIMIT', 'the sizes of the files add up to more than 2^53 bytes', {
      hint: 'the image is made to mislead: no disk is that large',
    });
  }
  if (contentBytes !== rootfsBytes + wastedBytes) {
    throw new Error(`waste is not proven: ${contentBytes} bytes are not ${rootfsBytes} + ${wastedBytes}`);
  }
}
