import Table from 'cli-table3';
import { type Column, cutCell, GAP, layOut, naturalWidths } from './table-layout.js';
import { padEnd, padStart } from './text-width.js';
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

/** For more rows, cli-table3 is too slow: it needs 0.1 ms for each. */
const TABLE_ROWS = 500;

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
  const cells = function* () {
    for (const row of [...heading, ...rows]) {
      yield layout.shown.map((position, i) =>
        painted(row[position] ?? '', headed[position], layout.widths[i] ?? 0, view),
      );
    }
  };
  const aligns = layout.shown.map((position) => headed[position]?.align ?? 'left');
  const lines = rows.length <= TABLE_ROWS ? drawn(cells(), aligns) : byHand(cells(), aligns, layout.widths);
  for (const line of lines) yield `${margin}${line}\n`;
}

function* drawn(rows: Iterable<readonly string[]>, colAligns: ('left' | 'right')[]): Generator<string> {
  const grid = new Table({ chars: NO_BORDERS, style: PLAIN_STYLE, colAligns });
  for (const row of rows) grid.push([...row]);
  for (const line of grid.toString().split('\n')) yield line.trimEnd();
}

function* byHand(
  rows: Iterable<readonly string[]>,
  aligns: readonly ('left' | 'right')[],
  widths: readonly number[],
): Generator<string> {
  const gap = ' '.repeat(GAP);
  for (const row of rows) {
    const cells = row.map((cell, i) => (aligns[i] === 'right' ? padStart : padEnd)(cell, widths[i] ?? 0));
    yield cells.join(gap).trimEnd();
  }
}

function painted(cell: Cell | string, column: Column | undefined, width: number, view: View): string {
  const { text, paint } = typeof cell === 'string' ? { text: cell } : cell;
  const cut = column === undefined ? text : cutCell(text, column, width, view.ellipsis);
  return paint === undefined || cut === '' ? cut : paint(cut);
}

function* texts(rows: readonly (readonly (Cell | string)[])[]): Generator<string[]> {
  for (const row of rows) yield row.map((cell) => (typeof cell === 'string' ? cell : cell.text));
}

const PLAIN_STYLE = { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true };

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(GAP),
};
