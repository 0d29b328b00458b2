import { indexColumn } from './columns.js';

/** The nodes that a layer placed or removed, in order. */
export class TouchedNodes {
  readonly #nodes;
  #count = 0;

  /** Starts an empty list with room for some. */
  constructor(room: number) {
    this.#nodes = indexColumn(room);
  }

  add(node: number): void {
    const index = this.#count++;
    this.#nodes.ensure(this.#count);
    this.#nodes.values[index] = node;
  }

  /** Returns the nodes; valid until the next call of `add`. */
  list(): Int32Array {
    return this.#nodes.values.subarray(0, this.#count);
  }
}
