/** A value in a table. Numbers are sorted by size, and everything else by its text. */
export type Value = string | number | null;

export interface Column<Row> {
  readonly title: string;
  /** What the values are, where the title is too short to say it. */
  readonly hint?: string;
  readonly read: (row: Row) => Value;
  /** How a value is shown, where that is not its text. */
  readonly show?: (value: number) => string;
}

/** A table whose rows may be many. */
export interface Table<Row> {
  readonly id: string;
  readonly title: string;
  /** One sentence above the table. */
  readonly summary: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What the link in a row shows; absent where rows have none. */
  readonly target?: (row: Row) => Target | null;
  /** The title of the column that has the link. */
  readonly linkColumn?: string;
}

/** A place in the picture. */
export interface Target {
  /** -1 where only the layer is meant. */
  readonly path: number;
  readonly layer: number;
}

/** How rows are chosen and ordered. */
export interface TableState {
  readonly filter: string;
  /** The position of the column; -1 for the order of the rows. */
  readonly sortBy: number;
  readonly isDescending: boolean;
}

export const FIRST_STATE: TableState = { filter: '', sortBy: -1, isDescending: true };

/** Returns the rows that a filter keeps, in order. Equal rows stay as they were. */
export function arrangeRows<Row>({ columns, rows }: Table<Row>, state: TableState): readonly Row[] {
  const wanted = state.filter.trim().toLowerCase();
  const kept =
    wanted === ''
      ? rows
      : rows.filter((row) => columns.some((column) => cellText(column, row).toLowerCase().includes(wanted)));
  const column = columns[state.sortBy];
  if (column === undefined) return kept;
  const sign = state.isDescending ? -1 : 1;
  return kept
    .map((row) => ({ row, value: column.read(row) }))
    .sort((a, b) => sign * compareValues(a.value, b.value))
    .map(({ row }) => row);
}

/** Returns the state after a click on the title of a column: numbers begin with the largest. */
export function sortedBy<Row>(table: Table<Row>, state: TableState, column: number): TableState {
  if (state.sortBy === column) return { ...state, isDescending: !state.isDescending };
  const isNumber = table.rows.some((row) => typeof table.columns[column]?.read(row) === 'number');
  return { ...state, sortBy: column, isDescending: isNumber };
}

/** Returns the text of a cell. */
export function cellText<Row>({ read, show }: Column<Row>, row: Row): string {
  const value = read(row);
  if (value === null) return '';
  return typeof value === 'number' ? (show?.(value) ?? String(value)) : value;
}

/** Returns what the link in a cell shows; null for a cell without a link, such as one without a text to click. */
export function targetOf<Row>(table: Table<Row>, column: Column<Row>, row: Row): Target | null {
  if (column.title !== table.linkColumn || cellText(column, row) === '') return null;
  const target = table.target?.(row) ?? null;
  return target?.path === -1 && target.layer === -1 ? null : target;
}

/** Nothing comes before everything else. */
function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
