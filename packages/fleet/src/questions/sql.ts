import { LayersError } from '@layers/errors';
import { reasonOf } from '../engine/damaged-tables.js';
import { isOfOtherFiles, streamConfined, usesOtherFiles } from './confined-query.js';
import { type OpenFleet, withFleet } from './open-fleet.js';
import { type ResultValue, resultValue } from './result-value.js';
import { streamLast } from './statements.js';

/** The rows of a query. */
export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly (readonly ResultValue[])[];
}

export interface QueryColumn {
  /** Unique: a second column of the same name has a number behind it. */
  readonly name: string;
  /** The type, as DuckDB names it. */
  readonly type: string;
}

/** Options of `queryFleet`. */
export interface QueryOptions {
  /** The most rows. More are an error, since all are in memory. Default: one million. */
  readonly maxRows?: number | undefined;
  /** Lets the query read and write other files than those of the fleet, as DuckDB does. Default: false. */
  readonly externalAccess?: boolean | undefined;
  /** Cancels the query. */
  readonly signal?: AbortSignal | undefined;
}

const MAX_ROWS = 1_000_000;

/**
 * Runs a query over the tables of a fleet, in the SQL of DuckDB. Of several statements, only the last may have rows. It reads
 * the files of the fleet alone, and writes none, unless it has external access.
 *
 * @param path the folder that `scanFleet` wrote
 * @throws LayersError ERR_LAYERS_USAGE for what is not a valid query, or needs external access; ERR_LAYERS_LIMIT for more rows than `maxRows`;
 *   ERR_LAYERS_READ where the folder is not a fleet; ERR_LAYERS_ENGINE_MISSING
 */
export function queryFleet(path: string, sql: string, options: QueryOptions = {}): Promise<QueryResult> {
  const { externalAccess = false, ...rest } = options;
  return withFleet(path, (fleet) =>
    externalAccess
      ? runQuery(fleet, sql, rest)
      : runQuery(fleet, sql, rest, (rows) => streamConfined(fleet, sql, rows)),
  );
}

/**
 * Runs a query on a fleet that is open. Throws as `queryFleet` does.
 *
 * @param stream runs the query, and reads so many rows at least
 */
export async function runQuery(
  { database }: Pick<OpenFleet, 'database'>,
  sql: string,
  { maxRows = MAX_ROWS, signal }: Omit<QueryOptions, 'externalAccess'> = {},
  stream = (rows: number) => streamLast(database, sql, rows),
): Promise<QueryResult> {
  const { connection } = database;
  signal?.throwIfAborted();
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    const reader = await stream(maxRows + 1);
    if (reader.currentRowCount > maxRows) throw tooMany(maxRows);
    const names = reader.deduplicatedColumnNames();
    const types = reader.columnTypes();
    return {
      columns: names.map((name, i) => ({ name, type: String(types[i]) })),
      rows: reader.getRows().map((row) => row.map((value) => resultValue(value, database))),
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof LayersError || !(error instanceof Error)) throw error;
    if (isOfOtherFiles(error)) throw usesOtherFiles(error);
    throw new LayersError('ERR_LAYERS_USAGE', `DuckDB refuses the query: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

function tooMany(maxRows: number): LayersError {
  return new LayersError('ERR_LAYERS_LIMIT', `the result has more than ${maxRows} rows`, {
    hint: "add a LIMIT, or write the rows to a file: COPY (SELECT …) TO 'rows.csv'",
  });
}
