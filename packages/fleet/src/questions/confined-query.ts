import { LayersError } from '@layers/errors';
import { literal } from '../engine/duckdb.js';
import { TABLE_NAMES } from '../schema/tables.js';
import type { OpenFleet } from './open-fleet.js';
import { type RowReader, streamLast } from './statements.js';

/**
 * Runs a query that reads no files but those of the fleet, and writes none: who wrote it need not be trusted with the files of the
 * user. The database stays so. Throws ERR_LAYERS_USAGE for a query that can write files, and as `streamLast` does.
 *
 * @param rows how many rows are read at least, if there are so many
 */
export async function streamConfined(
  { folder, database }: OpenFleet,
  sql: string,
  rows: number,
): Promise<RowReader> {
  const { connection, library } = database;
  const files = TABLE_NAMES.flatMap((table) => folder.filesOf(table));
  await connection.run(`SET allowed_paths = [${files.map(literal).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  const { COPY, EXPORT, PREPARE, EXECUTE, EXPLAIN } = library.StatementType;
  const writing = new Set([COPY, EXPORT, PREPARE, EXECUTE]);
  return streamLast(database, sql, rows, (type) => {
    // A file that may be read may be written, too. EXPLAIN ANALYZE runs what it explains.
    if (type === EXPLAIN ? /\bcopy\b/i.test(sql) : writing.has(type)) throw usesOtherFiles();
  });
}

/** Whether DuckDB refuses a query because of the files that it names. */
export function isOfOtherFiles({ message }: Error): boolean {
  return message.startsWith('Permission Error') || message.includes('the configuration has been locked');
}

export function usesOtherFiles(cause?: Error): LayersError {
  const message = 'the query may read the tables of the fleet alone, and write no files';
  return new LayersError('ERR_LAYERS_USAGE', message, {
    hint: 'allow it external access, if you trust it with your files',
    cause,
  });
}
