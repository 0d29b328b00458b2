import type { Paths } from './paths.js';

/**
 * Some items in the order of their paths, with sums: the bytes below any path are a difference of two sums. All views of
 * a report are such sets: all contents, or those of one layer.
 */
export class ItemSet {
  readonly paths: Paths;
  readonly items: Int32Array;
  readonly #bytes: Float64Array;
  readonly #wasted: Float64Array;

  /** @param isWanted which items with bytes are in the set */
  constructor(paths: Paths, isWanted: (item: number) => boolean = () => true) {
    const { items, bytes, bytesBefore, waste } = paths.columns;
    this.paths = paths;
    const wanted = new Int32Array(items);
    let count = 0;
    for (let item = 0; item < items; item++) {
      if (bytes[item] === 0 && bytesBefore[item] === 0) continue;
      if (isWanted(item)) wanted[count++] = item;
    }
    this.items = wanted.slice(0, count);
    this.#bytes = new Float64Array(count + 1);
    this.#wasted = new Float64Array(count + 1);
    for (let i = 0; i < count; i++) {
      const item = this.items[i] ?? 0;
      const size = sizeOfItem(paths, item);
      this.#bytes[i + 1] = (this.#bytes[i] ?? 0) + size;
      this.#wasted[i + 1] = (this.#wasted[i] ?? 0) + (waste[item] === 0 ? 0 : size);
    }
  }

  bytesBetween(from: number, to: number): number {
    return (this.#bytes[to] ?? 0) - (this.#bytes[from] ?? 0);
  }

  wastedBetween(from: number, to: number): number {
    return (this.#wasted[to] ?? 0) - (this.#wasted[from] ?? 0);
  }

  pathAt(position: number): number {
    return this.paths.columns.path[this.items[position] ?? 0] ?? 0;
  }

  /** Returns the first position, not before `from`, of an item whose path is not before `path`. */
  positionOf(path: number, from = 0): number {
    let low = from;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.pathAt(middle) < path) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Returns what an item takes: its bytes; in a comparison, those by which it grew or shrank. */
export function sizeOfItem({ columns }: Paths, item: number): number {
  return Math.abs((columns.bytes[item] ?? 0) - (columns.bytesBefore[item] ?? 0));
}
