import { type Column, cutCell, GAP, layOut, naturalWidths } from './table-layout.js';
import { widthOf } from './text-width.js';
import type { View } from './view.js';

/** A cell: escaped text, and a function that colors it after truncation. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface TableOptions {
  /** Blanks before every row. */
  readonly indent?: number;
  readonly titles?: boolean;
}

/** Yields a table without borders, a line for each row, none wider than the view. */
export function* table(
  view: View,
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
  options: TableOptions = {},
): Generator<string> {
  const { indent = 0, titles = true } = options;
  if (rows.length === 0) return;
  const headed = titles ? columns : columns.map((column) => ({ ...column, title: '' }));
  const natural = naturalWidths(headed, texts(rows));
  const layout = layOut(headed, natural, view.width - indent);
  const margin = ' '.repeat(indent);
  const heading = titles ? [headed.map((column) => ({ text: column.title, paint: view.colours.dim }))] : [];
  const gap = ' '.repeat(GAP);
  for (const row of [...heading, ...rows]) {
    const cells = layout.shown.map((position, i) =>
      // An empty column is as wide as a blank, so that it shows as a gap.
      drawn(row[position] ?? '', headed[position], Math.max(1, layout.widths[i] ?? 0), view),
    );
    yield `${margin}${cells.join(gap).trimEnd()}\n`;
  }
}

/** Returns a cell that is as wide as its column. */
function drawn(cell: Cell | string, column: Column | undefined, width: number, view: View): string {
  const { text, paint } = typeof cell === 'string' ? { text: cell } : cell;
  const cut = column === undefined ? text : cutCell(text, column, width, view.ellipsis);
  const blanks = ' '.repeat(Math.max(0, width - widthOf(cut)));
  const shown = paint === undefined || cut === '' ? cut : paint(cut);
  return column?.align === 'right' ? blanks + shown : shown + blanks;
}

function* texts(rows: readonly (readonly (Cell | string)[])[]): Generator<string[]> {
  for (const row of rows) yield row.map((cell) => (typeof cell === 'string' ? cell : cell.text));
}
