import type { Style } from '../lines/line.js';

/** A column of a list. */
export interface ListColumn {
  readonly title: string;
  /** Its columns on the screen; of a column that grows, its part of what the others leave. */
  readonly width: number;
  readonly grows?: true;
  readonly align?: 'right';
  /** The width of the list from which it is shown; 0 for always. */
  readonly from: number;
  /** Truncates the middle, as of paths, not the end. */
  readonly cut?: 'middle';
}

/** A way to sort the rows of a group. */
export interface ListOrder {
  readonly name: string;
  /** Returns what rows are sorted by, the least first; null for the order in which the rows are numbered. */
  readonly keyOf: ((row: number) => number | string) | null;
}

/** Where a row leads. */
export interface ListTarget {
  /** The layer that stored what the row shows; null for the final file system. */
  readonly layer: number | null;
  /** A path, as the node that it has in the tree; null for the layer alone. */
  readonly node: number | null;
  /** The layer that wasted, replaced or deleted it; null where none did. */
  readonly endedBy: number | null;
  /** What that layer did, such as `wasted`. */
  readonly ending: string;
}

/**
 * The rows of a list. They are numbered so that what is in a group follows it. A row is made when it is shown: there may be
 * millions.
 */
export interface ListSource {
  /** What the rows are, with sums, safe to show. */
  readonly title: string;
  /** Is shown where there are no rows. */
  readonly empty: string;
  readonly columns: readonly ListColumn[];
  /** The position of the column that is indented in groups; null without groups. */
  readonly nameColumn: number | null;
  readonly count: number;
  /** The orders to choose from, the first one at the start. */
  readonly orders: readonly [ListOrder, ...ListOrder[]];
  /** Returns the row after all that is in this one. */
  endOf(row: number): number;
  /** Returns the group that contains a row; -1 for none. */
  parentOf(row: number): number;
  /** Returns what the columns contain, safe to show, and cut where it is much longer than a screen is wide. */
  cells(row: number): readonly string[];
  styleOf(row: number): Style;
  /** Returns what a search and a filter look at. */
  textOf(row: number): string;
  bytesOf(row: number): number;
  /** Whether a row is about a layer. */
  isOfLayer(row: number, layer: number): boolean;
  /** Returns the marks of a row for filters; absent where rows have none. */
  readonly marksOf?: (row: number) => readonly number[];
  /** Returns all about a row, safe to show. */
  about(row: number): readonly string[];
  targetOf(row: number): ListTarget | null;
}

/** The rows of a list, or the steps that make them. */
export type ListRows = ListSource | Generator<undefined, ListSource>;

/** The rows of a list without groups. */
export const FLAT: Pick<ListSource, 'endOf' | 'parentOf' | 'nameColumn'> = {
  nameColumn: null,
  endOf: (row) => row + 1,
  parentOf: () => -1,
};

/** Returns the number of groups around a row. */
export function depthOf(source: Pick<ListSource, 'parentOf'>, row: number): number {
  let depth = 0;
  for (let at = source.parentOf(row); at !== -1; at = source.parentOf(at)) depth++;
  return depth;
}

export function isGroup(source: Pick<ListSource, 'endOf'>, row: number): boolean {
  return source.endOf(row) > row + 1;
}
