import { type Database, literal } from './duckdb.js';

/** Returns columns of Parquet files, row by row. */
export async function readParquet(
  { connection }: Database,
  files: readonly string[],
  columns: readonly string[],
): Promise<readonly (readonly unknown[])[]> {
  if (files.length === 0) return [];
  const from = `read_parquet([${files.map(literal).join(', ')}])`;
  const reader = await connection.runAndReadAll(`SELECT ${columns.join(', ')} FROM ${from}`);
  return reader.getRows();
}
