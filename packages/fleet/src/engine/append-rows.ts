import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Cell, Columns } from '../schema/rows.js';
import type { ColumnType, FleetColumn } from '../schema/tables.js';
import type { Database } from './duckdb.js';

/** The most rows of a chunk of DuckDB. */
const CHUNK_ROWS = 2048;

/** A table of the database. */
export interface DatabaseTable {
  readonly name: string;
  readonly columns: readonly Pick<FleetColumn, 'name' | 'type' | 'nullable'>[];
}

/** Creates a table for rows that are to be written. */
export async function createTable({ connection }: Database, table: DatabaseTable): Promise<void> {
  const columns = table.columns.map(
    ({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' NOT NULL'}`,
  );
  await connection.run(`CREATE OR REPLACE TABLE ${table.name} (${columns.join(', ')})`);
}

/** Appends batches of rows to a table that `createTable` created. */
export async function appendRows(
  database: Database,
  table: DatabaseTable,
  batches: Iterable<Columns>,
): Promise<void> {
  const types = table.columns.map(({ type }) => typeIn(database, type));
  const appender = await database.connection.createAppender(table.name);
  try {
    for (const columns of batches) {
      const rows = columns[0]?.length ?? 0;
      for (let start = 0; start < rows; start += CHUNK_ROWS) {
        appender.appendDataChunk(
          chunkOf(database, table, types, columns, start, Math.min(CHUNK_ROWS, rows - start)),
        );
      }
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

function chunkOf(
  database: Database,
  table: DatabaseTable,
  types: readonly DuckDBType[],
  columns: Columns,
  start: number,
  rows: number,
): DuckDBDataChunk {
  const chunk = database.library.DuckDBDataChunk.create(types, rows);
  table.columns.forEach(({ type }, i) => {
    const cells = columns[i] ?? [];
    const values: DuckDBValue[] = [];
    for (let row = start; row < start + rows; row++)
      values.push(databaseValue(database, type, cells[row] ?? null));
    chunk.setColumnValues(i, values);
  });
  return chunk;
}

function typeIn({ library }: Database, type: ColumnType): DuckDBType {
  return library[type];
}

function databaseValue({ library }: Database, type: ColumnType, cell: Cell): DuckDBValue {
  if (cell === null) return null;
  if (cell instanceof Date) return new library.DuckDBTimestampValue(BigInt(cell.getTime()) * 1000n);
  if (cell instanceof Uint8Array) return new library.DuckDBBlobValue(cell);
  return typeof cell === 'number' && type === 'BIGINT' ? BigInt(cell) : cell;
}
