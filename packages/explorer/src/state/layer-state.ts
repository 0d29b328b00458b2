import { scrollBy, scrollTo } from '../lines/scroll.js';
import type { LayerRange } from '../tree/layer-range.js';

/** Which layer is selected, and from which one on changes are shown. */
export class LayerState {
  readonly #count: number;
  #row = 0;
  #top = 0;
  #height = 1;
  #isAggregated = false;
  /** The first layer of a marked range. */
  #start: number | null = null;

  constructor(count: number) {
    this.#count = count;
  }

  /** Row 0 is the whole image, row 1 layer 0. */
  get row(): number {
    return this.#row;
  }

  get top(): number {
    return this.#top;
  }

  get height(): number {
    return this.#height;
  }

  get isAggregated(): boolean {
    return this.#isAggregated;
  }

  get start(): number | null {
    return this.#start;
  }

  /** The position of the layer; null for the whole image. */
  get layer(): number | null {
    return this.#row === 0 ? null : this.#row - 1;
  }

  /** The layers whose changes are shown. */
  get range(): LayerRange {
    const to = this.#row - 1;
    if (this.#row === 0) return { from: 0, to: this.#count - 1, marks: false };
    if (this.#start !== null)
      return { from: Math.min(this.#start, to), to: Math.max(this.#start, to), marks: true };
    // As dive does: the base would only be a list of added files.
    if (this.#isAggregated) return { from: Math.min(1, to), to, marks: true };
    return { from: to, to, marks: true };
  }

  /** Whether the changes of a layer are shown. */
  isMarked(layer: number): boolean {
    const { from, to, marks } = this.range;
    return marks && from !== to && layer >= from && layer <= to;
  }

  moveTo(row: number): void {
    this.#row = Math.max(0, Math.min(row, this.#count));
    this.#scroll();
  }

  /** Scrolls, and selects another layer only where the selected one would leave the screen. */
  scrollBy(rows: number): void {
    const { top, cursor } = scrollBy(rows, this.#row, this.#top, this.#height, this.#count + 1);
    this.#top = top;
    this.moveTo(cursor);
  }

  setHeight(height: number): void {
    this.#height = Math.max(1, height);
    this.#scroll();
  }

  setAggregated(isAggregated: boolean): void {
    this.#isAggregated = isAggregated;
    this.#start = null;
  }

  /** Marks the selected layer as the first of a range, or ends the range; returns what was done, as a note. */
  toggleStart(): string {
    if (this.layer === null && this.#start === null) return 'select a layer to mark it';
    this.#start = this.#start === null ? this.layer : null;
    if (this.#start === null) return 'changes of one layer';
    return `changes from layer ${this.#start} on: select the last layer`;
  }

  #scroll(): void {
    this.#top = scrollTo(this.#row, this.#top, this.#height, this.#count + 1);
  }
}
