import { type Cell, cellOf, collapsed, isLeaf, partsOf } from './cell.js';
import { ItemSet } from './item-set.js';
import type { Paths } from './paths.js';

/** What the parts of the whole picture are. */
export const GROUPINGS = ['directory', 'layer'] as const;
export type Grouping = (typeof GROUPINGS)[number];
export const SHAPES = ['treemap', 'icicle'] as const;
export type Shape = (typeof SHAPES)[number];

/** The contents of a report, all and by layer. Sets are made when they are first shown. */
export class Contents {
  readonly paths: Paths;
  readonly #sets = new Map<number, ItemSet>();

  constructor(paths: Paths) {
    this.paths = paths;
  }

  /** Returns the contents of one layer; of all layers for -1. */
  setOf(layer: number): ItemSet {
    const known = this.#sets.get(layer);
    if (known !== undefined) return known;
    const { layer: layers } = this.paths.columns;
    const set = new ItemSet(this.paths, layer === -1 ? undefined : (item) => layers[item] === layer);
    this.#sets.set(layer, set);
    return set;
  }

  /**
   * Returns the cells at the top of a picture of what is below a path.
   *
   * @param layer only the contents of this layer; -1 for all
   * @param layers the number of layers; a comparison has one more for what only layers of A had
   */
  topCells(path: number, layer: number, grouping: Grouping, layers: number): Cell[] {
    if (grouping === 'directory' || layer !== -1) {
      const whole = collapsed(cellOf(this.setOf(layer), path));
      return isLeaf(whole) ? [whole] : partsOf(whole);
    }
    const all = layers + Number(this.paths.isComparison);
    return Array.from({ length: all }, (_, i) => cellOf(this.setOf(i), path, i)).filter(
      ({ bytes }) => bytes > 0,
    );
  }
}
