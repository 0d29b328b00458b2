import { canonicalDigests } from '../../image/contents/canonical-digests.js';
import type { ContentComparer, ContentPlace } from '../../image/contents/compare-contents.js';
import type { ReadOptions } from '../../image/open-archive.js';
import { changesetOf } from '../../image/read-image.js';
import { Yielder } from '../../io/yielder.js';
import { NONE } from '../../rootfs/node-table.js';
import type { Union } from '../../rootfs/union.js';
import type { ComparedImages } from '../compared-images.js';
import type { TreeComparison } from './compare-trees.js';
import { placeKey } from './content-key.js';
import { fieldSet } from './file-fields.js';

const CONTENT = fieldSet('content');

/**
 * Compares the contents of the files that headers alone did not decide, in the order of A's layers, and records the
 * result in the changes. A file with the same content and attributes stays as a change without fields.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for a sparse file of a stream whose map differs
 */
export async function decideContents(
  { changes, undecided }: TreeComparison,
  compared: ComparedImages,
  comparer: ContentComparer,
  options: Pick<ReadOptions, 'signal' | 'onProgress'> = {},
): Promise<void> {
  const { a, b } = compared;
  const changeAt = (index: number): number => undecided[index] ?? NONE;
  const pairs: ContentPairs = {
    count: undecided.length,
    a: (index) => placeOf(a, changes.nodeA(changeAt(index))),
    b: (index) => placeOf(b, changes.nodeB(changeAt(index))),
  };
  const differs = await differentContents(compared, pairs, comparer, options);
  for (const [i, change] of undecided.entries()) {
    if (differs[i] === 1) changes.setFields(change, changes.fields(change) | CONTENT);
  }
}

/** Pairs of files of the same size: one of image A, one of image B. */
export interface ContentPairs {
  readonly count: number;
  a(index: number): ContentPlace;
  b(index: number): ContentPlace;
}

/**
 * Compares pairs of contents, in the order of A's layers. Returns 1 for each pair that differs.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for a sparse file of a stream whose map differs
 */
export async function differentContents(
  images: Pick<ComparedImages, 'imageA' | 'imageB'>,
  pairs: ContentPairs,
  comparer: ContentComparer,
  { signal, onProgress }: Pick<ReadOptions, 'signal' | 'onProgress'> = {},
): Promise<Uint8Array> {
  const differs = new Uint8Array(pairs.count);
  const sizes = images.imageA.layers.map((layer) => changesetOf(layer).size);
  const sizeOf = ({ layer, entry }: ContentPlace): number => sizes[layer]?.[entry] ?? 0;
  const order = inReadingOrder(pairs);
  const totalBytes = order.reduce((sum, index) => sum + sizeOf(pairs.a(index)), 0);
  let doneBytes = 0;
  const yielder = new Yielder({ signal });
  const unknown: (ContentPair & { readonly index: number })[] = [];
  let last: { readonly pair: ContentPair; readonly answer: ReturnType<ContentComparer['compare']> } | null =
    null;
  for (const index of order) {
    const pair = { a: pairs.a(index), b: pairs.b(index) };
    // Hard links to one content are adjacent in this order.
    if (last === null || !isPlace(last.pair.a, pair.a) || !isPlace(last.pair.b, pair.b)) {
      last = { pair, answer: comparer.compare(pair.a, pair.b) };
    }
    if (last.answer === 'different') differs[index] = 1;
    else if (last.answer === 'unknown') unknown.push({ ...pair, index });
    doneBytes += sizeOf(pair.a);
    if (yielder.count(sizeOf(pair.a))) {
      onProgress?.({ doneBytes, totalBytes });
      await yielder.pause();
    }
  }
  const same = await sameBytes(images, unknown);
  for (const [i, { index }] of unknown.entries()) if (same[i] !== true) differs[index] = 1;
  return differs;
}

/** A content of A and a content of B. */
export interface ContentPair {
  readonly a: ContentPlace;
  readonly b: ContentPlace;
}

/** Compares the pairs that the comparer cannot decide: sparse files with different maps. */
export async function sameBytes(
  { imageA, imageB }: Pick<ComparedImages, 'imageA' | 'imageB'>,
  pairs: readonly ContentPair[],
): Promise<boolean[]> {
  if (pairs.length === 0) return [];
  const digestsA = await canonicalDigests(
    imageA,
    pairs.map(({ a }) => a),
  );
  const digestsB = await canonicalDigests(
    imageB,
    pairs.map(({ b }) => b),
  );
  return digestsA.map((digest, i) => digest === digestsB[i]);
}

/** Sorts pairs by the position of their contents in A, then in B. Equal pairs become adjacent. */
function inReadingOrder({ count, a, b }: ContentPairs): Uint32Array {
  const keysA = Float64Array.from({ length: count }, (_, index) => placeKey(a(index)));
  const keysB = Float64Array.from({ length: count }, (_, index) => placeKey(b(index)));
  const by = (keys: Float64Array, x: number, y: number): number => (keys[x] ?? 0) - (keys[y] ?? 0);
  return Uint32Array.from(keysA.keys()).sort((x, y) => by(keysA, x, y) || by(keysB, x, y));
}

export function placeOf({ nodes }: Pick<Union, 'nodes'>, node: number): ContentPlace {
  return { layer: nodes.layerOf(node), entry: nodes.entryOf(node) };
}

function isPlace(a: ContentPlace, b: ContentPlace): boolean {
  return a.layer === b.layer && a.entry === b.entry;
}
