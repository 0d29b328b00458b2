import { arrowOf } from '../lines/arrow.js';
import type { Format } from '../lines/format.js';
import { alignRight, fitLine, type Line, restyled, type Span, span } from '../lines/line.js';
import { depthOf, isGroup, type ListColumn, type ListSource } from './list-source.js';
import type { ListState } from './list-state.js';

const INDENT = 2;
const GAP = '  ';
const ARROW_COLUMNS = 2;

/** Returns the titles of the columns, and the visible rows. */
export function listLines(state: ListState, width: number, height: number, format: Format): Line[] {
  const { source, visible } = state;
  const widths = columnWidths(source.columns, width - GAP.length);
  const titles = source.columns.map(({ title }, i) => (i === source.nameColumn ? `  ${title}` : title));
  const lines: Line[] = [
    fitLine([span(GAP, 'dim'), ...cellSpans(source, titles, widths, format, 'dim')], width, format),
  ];
  for (let i = 0; i < height - 1; i++) {
    const at = state.top + i;
    const row = visible[at];
    if (row === undefined)
      lines.push(fitLine([span(i === 0 ? emptyText(state, format) : '')], width, format));
    else lines.push(rowLine(state, row, at === state.at, widths, width, format));
  }
  return lines;
}

/** Returns whether a column of the screen is that of the arrow of a row in a list of `width` columns. */
export function isAtListArrow(source: ListSource, row: number, column: number, width: number): boolean {
  const { nameColumn } = source;
  if (nameColumn === null || !isGroup(source, row)) return false;
  const before = columnWidths(source.columns, width - GAP.length).slice(0, nameColumn);
  const cells = before.reduce((sum, each) => sum + (each === 0 ? 0 : each + GAP.length), GAP.length);
  const start = cells + INDENT * depthOf(source, row);
  return column >= start && column < start + ARROW_COLUMNS;
}

function rowLine(
  state: ListState,
  row: number,
  isCursor: boolean,
  widths: readonly number[],
  width: number,
  format: Format,
): Line {
  const { source } = state;
  const style = source.styleOf(row);
  const indent = ' '.repeat(INDENT * depthOf(source, row));
  const arrow = isGroup(source, row) ? arrowOf(state.isExpanded(row), format) : '  ';
  const cells = source
    .cells(row)
    .map((text, i) => (i === source.nameColumn ? `${indent}${arrow}${text}` : text));
  const line = fitLine(
    [span(isCursor ? '> ' : GAP, style), ...cellSpans(source, cells, widths, format, style)],
    width,
    format,
  );
  return isCursor ? restyled(line, 'selected') : line;
}

function cellSpans(
  { columns }: ListSource,
  cells: readonly string[],
  widths: readonly number[],
  format: Format,
  style: Span['style'],
): Span[] {
  return columns.flatMap((column, i) => {
    const room = widths[i] ?? 0;
    if (room === 0) return [];
    const isLast = widths.every((each, at) => at <= i || each === 0);
    const text = cells[i] ?? '';
    const cut = column.cut === 'middle' ? format.cutMiddle : format.cutEnd;
    const fitted = cut(text, room);
    const filled =
      column.align === 'right'
        ? alignRight(fitted, room, format)
        : fitted + ' '.repeat(Math.max(0, room - format.width(fitted)));
    return [span(isLast ? filled : filled + GAP, style)];
  });
}

/** Returns the width of each column; 0 for one that is not shown. */
function columnWidths(columns: readonly ListColumn[], width: number): number[] {
  const shown = columns.filter(({ from }) => width >= from);
  const fixed = shown.reduce((sum, column) => sum + (column.grows === true ? 0 : column.width), 0);
  const parts = shown.reduce((sum, column) => sum + (column.grows === true ? column.width : 0), 0);
  const room = Math.max(0, width - fixed - GAP.length * (shown.length - 1));
  return columns.map((column) => {
    if (!shown.includes(column)) return 0;
    return column.grows === true ? Math.max(1, Math.floor((room * column.width) / parts)) : column.width;
  });
}

function emptyText(state: ListState, { unicode }: Format): string {
  if (state.arranged === null || state.isWorking) return unicode ? '  …' : '  ...';
  return state.filter.text === '' ? `  ${state.source.empty}` : '  nothing matches the filter: Esc clears it';
}
