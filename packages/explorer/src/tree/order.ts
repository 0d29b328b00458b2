import { STEP } from './changes.js';
import type { LayerRange } from './layer-range.js';
import { sortSlowly } from './merge-sort.js';
import type { PathIndex } from './path-index.js';
import { type Totals, touchedBytes } from './totals.js';

/** The orders of siblings. `size`: largest first; where two file systems are compared, what grew or shrank most. `time`: newest first. */
export const SORT_ORDERS = ['size', 'name', 'time'] as const;
export type SortOrder = (typeof SORT_ORDERS)[number];

/** Directories with more children are sorted in steps. */
const FEW = 64;

/** Sorts the children of directories, each when it is needed. All orders sort the same array. */
export class SiblingOrder {
  readonly #index: PathIndex;
  readonly #totals: Totals;
  readonly #range: LayerRange;
  readonly #sort: SortOrder;
  readonly #id: number;
  /** Children that were sorted since the last pause. */
  #steps = 0;
  readonly #keys = new Float64Array(FEW);
  readonly #names = new Float64Array(FEW);

  constructor(index: PathIndex, totals: Totals, range: LayerRange, sort: SortOrder) {
    this.#index = index;
    this.#totals = totals;
    this.#range = range;
    this.#sort = sort;
    this.#id = index.newOrder();
  }

  /** Whether the children of a node are in this order; else `sortChildren` sorts them. */
  isSorted(node: number): boolean {
    return this.#index.sortedBy[node] === this.#id;
  }

  /** Sorts the children of a node. Yields often. */
  *sortChildren(node: number): Generator<undefined> {
    const { starts, children, sortedBy } = this.#index;
    const start = starts[node] ?? 0;
    const end = starts[node + 1] ?? 0;
    this.#steps += end - start;
    if (this.#steps >= STEP) {
      this.#steps = 0;
      yield;
    }
    if (end - start <= FEW) this.#sortFew(start, end);
    else yield* sortNodes(children.subarray(start, end), (each) => this.#keyOf(each), this.#index);
    sortedBy[node] = this.#id;
  }

  /** Compares two siblings. */
  compare(a: number, b: number): number {
    return this.#keyOf(b) - this.#keyOf(a) || Buffer.compare(this.#index.nameOf(a), this.#index.nameOf(b));
  }

  /** Sorts without memory of its own: most directories are small. */
  #sortFew(start: number, end: number): void {
    const { children } = this.#index;
    for (let i = start; i < end; i++) {
      const node = children[i] ?? 0;
      const key = this.#keyOf(node);
      const name = nameKey(this.#index.nameOf(node));
      let at = i - start;
      for (; at > 0; at--) {
        const before = children[start + at - 1] ?? 0;
        const order = key - (this.#keys[at - 1] ?? 0) || (this.#names[at - 1] ?? 0) - name;
        if (order < 0 || (order === 0 && this.#compareNames(before, node) <= 0)) break;
        children[start + at] = before;
        this.#keys[at] = this.#keys[at - 1] ?? 0;
        this.#names[at] = this.#names[at - 1] ?? 0;
      }
      children[start + at] = node;
      this.#keys[at] = key;
      this.#names[at] = name;
    }
  }

  #compareNames(a: number, b: number): number {
    return Buffer.compare(this.#index.nameOf(a), this.#index.nameOf(b));
  }

  #keyOf(node: number): number {
    if (this.#sort === 'name') return 0;
    if (this.#sort === 'size') {
      const { bytes, bytesBefore } = this.#totals;
      if (bytesBefore !== null) return Math.abs((bytes[node] ?? 0) - (bytesBefore[node] ?? 0));
      return touchedBytes(this.#totals, node);
    }
    const state = this.#index.stateIn(node, this.#range);
    return state === null ? 0 : this.#index.timeOf(state);
  }
}

/** Sorts nodes: those with the largest key first, then by the bytes of their names. Yields often. */
export function* sortNodes(
  nodes: Int32Array,
  keyOf: (node: number) => number,
  index: Pick<PathIndex, 'nameOf'>,
): Generator<undefined> {
  const { length } = nodes;
  const keys = new Float64Array(length);
  const names = new Float64Array(length);
  const positions = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    if (i % STEP === STEP - 1) yield;
    const node = nodes[i] ?? 0;
    keys[i] = keyOf(node);
    names[i] = nameKey(index.nameOf(node));
    positions[i] = i;
  }
  const unsorted = nodes.slice();
  yield* sortSlowly(positions, (a, b) => {
    const byKey = (keys[b] ?? 0) - (keys[a] ?? 0) || (names[a] ?? 0) - (names[b] ?? 0);
    if (byKey !== 0) return byKey;
    return Buffer.compare(index.nameOf(unsorted[a] ?? 0), index.nameOf(unsorted[b] ?? 0));
  });
  for (let i = 0; i < length; i++) nodes[i] = unsorted[positions[i] ?? 0] ?? 0;
}

const KEY_BYTES = 6;

/** Returns the first bytes of a name as a number, which is faster to compare. */
function nameKey(name: Uint8Array): number {
  let key = 0;
  for (let i = 0; i < KEY_BYTES; i++) key = key * 256 + (name[i] ?? 0);
  return key;
}
