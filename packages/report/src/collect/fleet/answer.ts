/** The rows of a query. */
export interface Answer {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A row with the names of its columns. */
export type AnswerRow = Readonly<Record<string, unknown>>;

export function rowsOf({ columns, rows }: Answer): AnswerRow[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])));
}

export function textIn(row: AnswerRow, name: string): string {
  return textOrNull(row, name) ?? '';
}

export function textOrNull(row: AnswerRow, name: string): string | null {
  const value = row[name];
  return value === null || value === undefined ? null : String(value);
}

export function numberIn(row: AnswerRow, name: string): number {
  return valueOrNull(row, name) ?? 0;
}

/** Returns a number; sums beyond 2^53 are text, and become the nearest number. */
export function valueOrNull(row: AnswerRow, name: string): number | null {
  const value = row[name];
  return value === null || value === undefined ? null : Number(value);
}
