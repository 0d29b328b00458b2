import { LayersError } from '@layers/errors';
import type { Database } from '../engine/duckdb.js';

export type RowReader = Awaited<ReturnType<Database['connection']['streamAndReadUntil']>>;

/** The kind of a statement, as DuckDB numbers it. */
export type StatementType = Database['library']['StatementType'][keyof Database['library']['StatementType']];

/**
 * Runs the statements of a query, and returns the rows of the last one.
 *
 * @param rows how many rows are read at least, if there are so many
 * @param check throws for a statement that must not run
 * @throws LayersError ERR_LAYERS_USAGE for a query without statements, and where an earlier statement has rows too, which nobody would see
 */
export async function streamLast(
  { connection, library: { StatementType } }: Database,
  sql: string,
  rows: number,
  check: (type: StatementType) => void = () => {},
): Promise<RowReader> {
  if (/^[\s;]*$/.test(sql.replace(COMMENTS, ''))) {
    throw new LayersError('ERR_LAYERS_USAGE', 'the query is empty', { hint: 'such as: SELECT * FROM tags' });
  }
  const statements = await connection.extractStatements(sql);
  for (let i = 0; ; i++) {
    const statement = await statements.prepare(i);
    try {
      const type = statement.statementType;
      check(type);
      if (i === statements.count - 1) return await statement.streamAndReadUntil(rows);
      if (type === StatementType.SELECT || type === StatementType.EXPLAIN) throw hasMoreRows(i + 1);
      await statement.run();
    } finally {
      statement.destroySync();
    }
  }
}

const COMMENTS = /--.*|\/\*[\s\S]*?(?:\*\/|$)/g;

function hasMoreRows(number: number): LayersError {
  const message = `statement ${number} of the query has rows, and only those of the last are shown`;
  return new LayersError('ERR_LAYERS_USAGE', message, {
    hint: 'ask for each in a query of its own, or join them with UNION ALL',
  });
}
