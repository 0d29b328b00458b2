import { canonicalDigests } from '../../image/contents/canonical-digests.js';
import type { ContentComparer, ContentPlace } from '../../image/contents/compare-contents.js';
import type { ReadOptions } from '../../image/open-archive.js';
import { Yielder } from '../../io/yielder.js';
import type { Union } from '../../rootfs/union.js';
import type { ComparedImages } from '../compared-images.js';
import type { TreeComparison } from './compare-trees.js';
import { contentKey } from './content-key.js';
import { fieldSet } from './file-fields.js';
import type { TreeChanges } from './tree-changes.js';

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
  { signal, onProgress }: Pick<ReadOptions, 'signal' | 'onProgress'> = {},
): Promise<void> {
  const { a, b } = compared;
  const placeA = (change: number): ContentPlace => placeOf(a, changes.nodeA(change));
  const sizeOf = ({ layer, entry }: ContentPlace): number => a.layers[layer]?.size[entry] ?? 0;
  const order = inReadingOrder(undecided, compared, changes);
  const totalBytes = order.reduce((sum, change) => sum + sizeOf(placeA(change)), 0);
  let doneBytes = 0;
  const yielder = new Yielder({ signal });
  const unknown: (ContentPair & { readonly change: number })[] = [];
  const differs = (change: number): void => changes.setFields(change, changes.fields(change) | CONTENT);
  let last: { readonly pair: ContentPair; readonly answer: ReturnType<ContentComparer['compare']> } | null =
    null;
  for (const change of order) {
    const pair = { a: placeA(change), b: placeOf(b, changes.nodeB(change)) };
    // Hard links to one content are adjacent in this order.
    if (last === null || !isPlace(last.pair.a, pair.a) || !isPlace(last.pair.b, pair.b)) {
      last = { pair, answer: comparer.compare(pair.a, pair.b) };
    }
    if (last.answer === 'different') differs(change);
    else if (last.answer === 'unknown') unknown.push({ ...pair, change });
    doneBytes += sizeOf(pair.a);
    if (yielder.count(sizeOf(pair.a))) {
      onProgress?.({ doneBytes, totalBytes });
      await yielder.pause();
    }
  }
  const same = await sameBytes(compared, unknown);
  for (const [i, { change }] of unknown.entries()) if (same[i] !== true) differs(change);
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

/** Sorts changes by the position of their contents in A, then in B. Equal pairs become adjacent. */
function inReadingOrder(
  undecided: readonly number[],
  { a, b }: Pick<ComparedImages, 'a' | 'b'>,
  changes: TreeChanges,
): Uint32Array {
  const keysA = Float64Array.from(undecided, (change) => contentKey(a, changes.nodeA(change)));
  const keysB = Float64Array.from(undecided, (change) => contentKey(b, changes.nodeB(change)));
  const by = (keys: Float64Array, x: number, y: number): number => (keys[x] ?? 0) - (keys[y] ?? 0);
  const order = Uint32Array.from(keysA.keys()).sort((x, y) => by(keysA, x, y) || by(keysB, x, y));
  return order.map((index) => undecided[index] ?? 0);
}

export function placeOf({ nodes }: Pick<Union, 'nodes'>, node: number): ContentPlace {
  return { layer: nodes.layerOf(node), entry: nodes.entryOf(node) };
}

function isPlace(a: ContentPlace, b: ContentPlace): boolean {
  return a.layer === b.layer && a.entry === b.entry;
}
