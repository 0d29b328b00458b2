import { dirname } from 'node:path';
import { LayersError } from '@layers/errors';
import type { FleetTable } from '../schema/tables.js';
import { type Database, literal } from './duckdb.js';

/**
 * Returns a query of the rows of Parquet files of a table. Columns that an earlier version did not write are null.
 *
 * @param files the oldest first: none lacks a column that an earlier one has
 * @throws LayersError ERR_LAYERS_READ where a column is missing that cannot be null
 */
export async function tableQuery(
  { connection }: Database,
  { name, columns }: FleetTable,
  files: readonly string[],
): Promise<string> {
  const [oldest] = files;
  const nothing = columns.map((column) => `CAST(NULL AS ${column.type}) AS ${column.name}`);
  if (oldest === undefined) return `SELECT ${nothing.join(', ')} WHERE false`;
  const all = `[${files.map(literal).join(', ')}]`;
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${literal(oldest)})`);
  const written = new Map(reader.getRows().map(([column, type]) => [String(column), String(type)]));
  for (const column of columns) {
    const type = written.get(column.name) ?? column.type;
    if (type === column.type) continue;
    const folder = dirname(dirname(oldest));
    const message = `the tables of ${folder} cannot be read: ${name} has ${column.name} of the type ${type}`;
    throw new LayersError('ERR_LAYERS_READ', message, {
      archive: folder,
      hint: 'scan the images into another folder',
    });
  }
  const missing = columns.filter((column) => !written.has(column.name));
  if (missing.length === 0)
    return `SELECT ${columns.map((column) => column.name).join(', ')} FROM read_parquet(${all})`;
  for (const column of missing) {
    if (column.nullable) continue;
    const folder = dirname(dirname(oldest));
    throw new LayersError(
      'ERR_LAYERS_READ',
      `${folder} is of an earlier version: ${name} lacks ${column.name}`,
      {
        archive: folder,
        hint: 'scan the images into another folder',
      },
    );
  }
  // Files of a later version have more columns. A row of no file brings those that no file has.
  return `SELECT ${columns.map((column) => column.name).join(', ')} FROM (
    SELECT ${nothing.join(', ')} WHERE false
    UNION ALL BY NAME
    SELECT * FROM read_parquet(${all}, union_by_name = true))`;
}
