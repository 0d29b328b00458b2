import { humanBytes, signedBytes } from './format.js';
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
  /** The bytes of what grew, in a comparison. */
  readonly #grown: Float64Array;

  /** @param isWanted which items with bytes are in the set */
  constructor(paths: Paths, isWanted: (item: number) => boolean = () => true) {
    const { items, waste } = paths.columns;
    this.paths = paths;
    const wanted = new Int32Array(items);
    let count = 0;
    for (let item = 0; item < items; item++) {
      if (paths.growthOf(item) === 0) continue;
      if (isWanted(item)) wanted[count++] = item;
    }
    this.items = wanted.slice(0, count);
    this.#bytes = new Float64Array(count + 1);
    this.#wasted = new Float64Array(count + 1);
    this.#grown = paths.isComparison ? new Float64Array(count + 1) : this.#bytes;
    for (let i = 0; i < count; i++) {
      const item = this.items[i] ?? 0;
      const growth = paths.growthOf(item);
      const size = Math.abs(growth);
      this.#bytes[i + 1] = (this.#bytes[i] ?? 0) + size;
      this.#wasted[i + 1] = (this.#wasted[i] ?? 0) + (waste[item] === 0 ? 0 : size);
      if (paths.isComparison) this.#grown[i + 1] = (this.#grown[i] ?? 0) + Math.max(0, growth);
    }
  }

  bytesBetween(from: number, to: number): number {
    return (this.#bytes[to] ?? 0) - (this.#bytes[from] ?? 0);
  }

  wastedBetween(from: number, to: number): number {
    return (this.#wasted[to] ?? 0) - (this.#wasted[from] ?? 0);
  }

  grownBetween(from: number, to: number): number {
    return (this.#grown[to] ?? 0) - (this.#grown[from] ?? 0);
  }

  /** Returns the bytes, in a comparison the bytes of what grew less those of what shrank. */
  netBetween(from: number, to: number): number {
    return 2 * this.grownBetween(from, to) - this.bytesBetween(from, to);
  }

  /** Returns the bytes as text; in a comparison with a sign. */
  textBetween(from: number, to: number): string {
    const bytes = this.netBetween(from, to);
    return this.paths.isComparison ? signedBytes(bytes) : humanBytes(bytes);
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
