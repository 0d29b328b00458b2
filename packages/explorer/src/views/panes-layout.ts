import type { MouseInput } from './mouse.js';

/** Narrower screens show one pane at a time. */
const TWO_PANES_FROM = 64;
/** The title of a pane, and the titles of its columns. */
const TITLE_ROWS = 2;

/** Where the panes are on the screen. */
export interface PanesLayout {
  /** Whether both panes are shown. */
  readonly isWide: boolean;
  /** The columns of the layers, without the border; of the only pane that is shown, all. */
  readonly left: number;
  /** The rows of the panes, with their titles. */
  readonly rows: number;
  /** The rows of the details below them. */
  readonly details: number;
}

export function panesLayout(width: number, height: number): PanesLayout {
  const isWide = width >= TWO_PANES_FROM;
  const details = detailRows(height);
  const left = isWide ? Math.max(28, Math.min(60, Math.floor(width * 0.4))) : width;
  return { isWide, left, rows: height - details, details };
}

function detailRows(height: number): number {
  if (height >= 34) return 9;
  if (height >= 20) return 6;
  return height >= 13 ? 3 : 0;
}

/** A place in one of the panes. */
export interface PanePlace {
  readonly pane: 'layers' | 'tree';
  /** The visible row below the titles; negative for a title. */
  readonly row: number;
  readonly column: number;
  /** The columns of the pane. */
  readonly width: number;
}

/** Returns what is at a place of the screen; null outside of the panes. */
export function paneAt(
  { column, row }: Pick<MouseInput, 'column' | 'row'>,
  focus: 'layers' | 'tree',
  width: number,
  height: number,
): PanePlace | null {
  const { isWide, left, rows } = panesLayout(width, height);
  if (row < 0 || row >= rows || column < 0 || column >= width) return null;
  const inPane = row - TITLE_ROWS;
  if (!isWide) return { pane: focus, row: inPane, column, width };
  if (column === left) return null;
  if (column < left) return { pane: 'layers', row: inPane, column, width: left };
  return { pane: 'tree', row: inPane, column: column - left - 1, width: width - left - 1 };
}
