import { truncateEnd, truncateMiddle, widthOf } from './text-width.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Where a cell is truncated: at its end, in its middle, or never. */
  readonly cut?: 'end' | 'middle';
  /** The least width of a truncated cell. */
  readonly least?: number;
  /**
   * The order in which columns are omitted if the width is too small: the largest number first. Never without a number.
   */
  readonly omit?: number;
}

export interface Layout {
  /** Positions of the columns that are shown, and the width of each. */
  readonly shown: readonly number[];
  readonly widths: readonly number[];
}

/** Blanks between two columns. */
export const GAP = 2;

/**
 * Computes the shown columns and their widths, so that a row has at most `width` columns of the terminal. First
 * truncates cells, then omits columns, and last truncates cells below their least width.
 */
export function layOut(columns: readonly Column[], natural: readonly number[], width: number): Layout {
  let shown = columns.map((_, position) => position);
  for (;;) {
    const wanted = shown.map((position) => natural[position] ?? 0);
    const least = shown.map((position) => leastWidth(columns[position], natural[position] ?? 0));
    const gaps = GAP * (shown.length - 1);
    if (sum(least) + gaps <= width) return { shown, widths: shrink(wanted, least, width - gaps) };
    const victim = mostDispensable(columns, shown);
    if (victim === undefined) {
      const none = shown.map((position) =>
        columns[position]?.cut === undefined ? (natural[position] ?? 0) : 1,
      );
      return { shown, widths: shrink(wanted, none, width - gaps) };
    }
    shown = shown.filter((position) => position !== victim);
  }
}

/** Truncates a cell to `width` columns. */
export function cutCell(text: string, column: Column, width: number, ellipsis: string): string {
  if (column.cut === 'end') return truncateEnd(text, width, ellipsis);
  if (column.cut === 'middle') return truncateMiddle(text, width, ellipsis);
  return text;
}

/** Returns the width of the widest cell of each column, titles included. */
export function naturalWidths(columns: readonly Column[], rows: Iterable<readonly string[]>): number[] {
  const widths = columns.map((column) => widthOf(column.title));
  for (const row of rows) {
    for (let i = 0; i < widths.length; i++) widths[i] = Math.max(widths[i] ?? 0, widthOf(row[i] ?? ''));
  }
  return widths;
}

function leastWidth(column: Column | undefined, natural: number): number {
  if (column?.cut === undefined) return natural;
  return Math.min(natural, Math.max(column.least ?? 1, widthOf(column.title)));
}

/** Narrows the widest columns first, evenly, none below its least width. */
function shrink(wanted: readonly number[], least: readonly number[], room: number): number[] {
  const widths = [...wanted];
  let excess = sum(widths) - room;
  while (excess > 0) {
    const loose = widths.map((width, i) => (width > (least[i] ?? 0) ? width : 0));
    const widest = Math.max(...loose);
    if (widest === 0) break;
    const second = Math.max(1, ...loose.filter((width) => width < widest));
    const at = loose.indexOf(widest);
    const ties = loose.filter((width) => width === widest).length;
    const step = ties > 1 ? 1 : Math.min(excess, widest - Math.max(second, least[at] ?? 0) || 1);
    widths[at] = widest - step;
    excess -= step;
  }
  return widths;
}

function mostDispensable(columns: readonly Column[], shown: readonly number[]): number | undefined {
  let victim: number | undefined;
  for (const position of shown) {
    const rank = columns[position]?.omit;
    if (rank === undefined) continue;
    if (victim === undefined || rank > (columns[victim]?.omit ?? 0)) victim = position;
  }
  return victim;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
