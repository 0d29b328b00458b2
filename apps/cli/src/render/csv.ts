import type { ResultValue } from '@layers/fleet';

/** Yields rows as CSV (RFC 4180), with a line of titles. Null is an empty field; lists are JSON. */
export function* csvLines(
  columns: readonly { readonly name: string }[],
  rows: readonly (readonly ResultValue[])[],
): Generator<string> {
  yield line(columns.map(({ name }) => name));
  for (const row of rows) yield line(row.map(fieldOf));
}

function line(fields: readonly string[]): string {
  return `${fields.map(quoted).join(',')}\r\n`;
}

function fieldOf(value: ResultValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
