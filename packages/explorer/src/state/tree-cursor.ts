import { NONE } from '@layers/core/rootfs';
import { scrollBy, scrollTo } from '../lines/scroll.js';

/** The cursor in the rows of a tree, and which rows are on the screen. */
export class TreeCursor {
  #rows: Int32Array = new Int32Array(0);
  #node = NONE;
  #row = 0;
  #top = 0;
  #height = 1;

  /** The node that the cursor is on, or goes to in the next rows; NONE for the first row. */
  get node(): number {
    return this.#node;
  }

  get row(): number {
    return this.#row;
  }

  get top(): number {
    return this.#top;
  }

  get height(): number {
    return this.#height;
  }

  get count(): number {
    return this.#rows.length;
  }

  setHeight(height: number): void {
    this.#height = Math.max(1, height);
    this.#scroll();
  }

  moveTo(row: number): void {
    this.#row = Math.max(0, Math.min(row, this.#rows.length - 1));
    this.#node = this.#rows[this.#row] ?? NONE;
    this.#scroll();
  }

  /** Scrolls; the cursor moves only where it would leave the screen. */
  scrollBy(rows: number): void {
    const { top, cursor } = scrollBy(rows, this.#row, this.#top, this.#height, this.#rows.length);
    this.#top = top;
    this.moveTo(cursor);
  }

  /** Goes to a node in the next rows. */
  seek(node: number, top = this.#top): void {
    this.#node = node;
    this.#top = top;
  }

  /** Takes the rows of a tree. Goes to the node, or to the directory that hides it. */
  setRows(rows: Int32Array, parentOf: (node: number) => number): void {
    this.#rows = rows;
    let row = this.#node === NONE ? 0 : -1;
    for (let node = this.#node; node !== -1 && row === -1; node = parentOf(node)) row = rows.indexOf(node);
    this.moveTo(row);
  }

  #scroll(): void {
    this.#top = scrollTo(this.#row, this.#top, this.#height, this.#rows.length);
  }
}
