import { scrollBy, scrollTo } from '../lines/scroll.js';
import type { LayerRange } from '../tree/layer-range.js';
import { type ExploredImage, layerName } from './image.js';

/** Which layer is selected, and from which one on changes are shown. Layers are named by their positions in the image. */
export class LayerState {
  readonly #image: Pick<ExploredImage, 'layers' | 'pair'>;
  /** The layers that have rows. */
  readonly #positions: readonly number[];
  #row = 0;
  #top = 0;
  #height = 1;
  #isAggregated = false;
  /** Whether the lowest layer is among those whose changes are shown together. */
  #hasBottom = false;
  /** The first layer of a marked range. */
  #start: number | null = null;
  /** Two file systems that are compared, until another layer is selected. */
  #compared: LayerRange | null = null;

  constructor(image: Pick<ExploredImage, 'layers' | 'pair'>) {
    this.#image = image;
    this.#positions = [...image.layers.keys()].filter((layer) => image.layers[layer]?.isHidden !== true);
  }

  /** Row 0 is the final file system, or the difference of two images; below are the layers. */
  get row(): number {
    return this.#row;
  }

  /** The number of rows. */
  get count(): number {
    return this.#positions.length + 1;
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

  /** Whether changes are shown together, but without those of the lowest layer. */
  get leavesOutBottom(): boolean {
    return this.#isAggregated && !this.#hasBottom;
  }

  /** The position of the layer; null in the first row. */
  get layer(): number | null {
    return this.layerAt(this.#row);
  }

  /** Returns the layer of a row; null for the first and for no row. */
  layerAt(row: number): number | null {
    return this.#positions[row - 1] ?? null;
  }

  /** Returns the row of a layer. */
  rowOf(layer: number): number {
    return this.#positions.indexOf(layer) + 1;
  }

  /** The layers whose changes are shown. */
  get range(): LayerRange {
    const to = this.layer;
    if (this.#compared !== null) return this.#compared;
    if (to === null) return this.#image.pair?.range ?? { from: 0, to: this.#last, marks: false };
    const bottom = this.#bottomOf(to);
    if (this.#start !== null && this.#bottomOf(this.#start) === bottom)
      return { from: Math.min(this.#start, to), to: Math.max(this.#start, to), marks: true };
    // As dive does: the base would only be a list of added files.
    const start = this.#hasBottom ? bottom : Math.min(bottom + 1, to);
    if (this.#isAggregated) return { from: start, to, marks: true };
    return { from: to, to, marks: true };
  }

  /**
   * The layers between the marked and the selected layer, so that the file systems after both are compared; a sentence where
   * there are none.
   */
  get compared(): LayerRange | string {
    if (this.#start === null)
      return 'm marks a layer; d then compares the file systems after it and after another';
    const [from = 0, to = 0] = [this.#start, this.layer ?? this.#last].sort((a, b) => a - b);
    if (from === to) return 'select another layer to compare with';
    return { from: from + 1, to, marks: true };
  }

  /** Whether a layer is marked. */
  get hasStart(): boolean {
    return this.#start !== null;
  }

  /** Whether two file systems are compared. */
  get isComparing(): boolean {
    return this.range.differences !== undefined;
  }

  /** Whether the changes of a layer are shown. */
  isMarked(layer: number): boolean {
    const { from, to, marks, differences } = this.range;
    if (layer === this.#start) return true;
    if (differences !== undefined) return this.#compared !== null && (layer === from - 1 || layer === to);
    return marks && from !== to && layer >= from && layer <= to;
  }

  /** Shows what differs between two file systems. */
  compare(range: LayerRange): void {
    this.#compared = range;
  }

  moveTo(row: number): void {
    this.#compared = null;
    this.#row = Math.max(0, Math.min(row, this.count - 1));
    this.#scroll();
  }

  /** Scrolls, and selects another layer only where the selected one would leave the screen. */
  scrollBy(rows: number): void {
    const { top, cursor } = scrollBy(rows, this.#row, this.#top, this.#height, this.count);
    this.#top = top;
    this.moveTo(cursor);
  }

  setHeight(height: number): void {
    this.#height = Math.max(1, height);
    this.#scroll();
  }

  /** Shows the changes of all layers up to the selected one, first without the lowest; or those of the selected layer. */
  setAggregated(isAggregated: boolean): void {
    this.#hasBottom = isAggregated && this.#isAggregated && !this.#hasBottom;
    this.#isAggregated = isAggregated;
    this.#start = null;
    this.#compared = null;
  }

  /** Marks the selected layer as the first of a range, or ends the range; returns what was done, as a note. */
  toggleStart(): string {
    this.#compared = null;
    if (this.layer === null && this.#start === null) return 'select a layer to mark it';
    this.#start = this.#start === null ? this.layer : null;
    if (this.#start === null) return 'changes of one layer';
    return `${layerName(this.#image, this.#start)} is marked: select another for the changes of both and those between; d in the layers compares both`;
  }

  get #last(): number {
    return this.#image.layers.length - 1;
  }

  #bottomOf(layer: number): number {
    return this.#image.layers[layer]?.bottom ?? 0;
  }

  #scroll(): void {
    this.#top = scrollTo(this.#row, this.#top, this.#height, this.count);
  }
}
