import { LayersError } from '@layers/errors';
import { FLEET_SCHEMA_VERSION, type FleetTable } from '../schema/tables.js';
import { type Database, literal } from './duckdb.js';
import { tableQuery } from './table-query.js';

/** Writes the rows of a table to a Parquet file, and empties the table. Throws ERR_LAYERS_WRITE_OUTPUT. */
export async function writeParquet(database: Database, table: FleetTable, file: string): Promise<void> {
  await copyToParquet(database, table, table.name, file);
  await database.connection.run(`TRUNCATE ${table.name}`);
}

/** Writes the rows of Parquet files of a table to one. Throws as `tableQuery`, and ERR_LAYERS_WRITE_OUTPUT. */
export async function joinParquet(
  database: Database,
  table: FleetTable,
  files: readonly string[],
  file: string,
): Promise<void> {
  await copyToParquet(database, table, `(${await tableQuery(database, table, files)})`, file);
}

/**
 * Writes rows of a table to a Parquet file.
 *
 * @param rows a table, or a query in parentheses
 * @throws LayersError ERR_LAYERS_WRITE_OUTPUT
 */
export async function copyToParquet(
  { connection }: Database,
  { name }: FleetTable,
  rows: string,
  file: string,
): Promise<void> {
  const metadata = `{'layers.fleet.table': ${literal(name)}, 'layers.fleet.schemaVersion': '${FLEET_SCHEMA_VERSION}'}`;
  const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, KV_METADATA ${metadata}`;
  try {
    await connection.run(`COPY ${rows} TO ${literal(file)} (${options})`);
  } catch (cause) {
    const [message = ''] = cause instanceof Error ? cause.message.split('\n') : [];
    throw new LayersError('ERR_LAYERS_WRITE_OUTPUT', `cannot write ${file}: ${message}`, {
      hint: 'check the permissions of the folder, and the space on the disk',
      cause,
    });
  }
}
