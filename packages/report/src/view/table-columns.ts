import type { ReportFacts } from '../data/index.js';
import type { Column, Table } from './table.js';

/** The most rows of a table that is made from the paths. */
export const MOST_ROWS = 5000;

/** Returns the positions of the rows of a list. */
export function indexes(rows: readonly unknown[]): number[] {
  return rows.map((_, i) => i);
}

/** Makes columns of rows that are positions in a list. */
export function columnsOf<Row>(list: readonly Row[], columns: readonly Column<Row>[]): Column<number>[] {
  return columns.map(({ read, ...column }) => ({
    ...column,
    read: (index) => {
      const row = list[index];
      return row === undefined ? null : read(row);
    },
  }));
}

/** Returns the table of what is damaged or unusual. */
export function findingsTable({ inspect: { findings } }: ReportFacts): Table<number> {
  return {
    id: 'findings',
    title: 'Findings',
    summary: 'What is damaged or unusual.',
    rows: indexes(findings),
    columns: columnsOf(findings, [
      { title: 'severity', read: ({ severity }) => severity },
      { title: 'code', read: ({ code }) => code },
      { title: 'image', read: ({ place }) => place?.side?.toUpperCase() ?? null },
      { title: 'layer', read: ({ place }) => place?.layer ?? null },
      { title: 'path', read: ({ place }) => place?.path ?? null },
      { title: 'message', read: ({ message }) => message },
    ]),
  };
}

/** Returns a value of a config as text. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
