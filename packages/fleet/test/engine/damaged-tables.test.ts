import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readingTables } from '../../src/engine/damaged-tables.ts';
import { type Database, openDatabase } from '../../src/engine/duckdb.ts';

const scratch = useScratch();
let database: Database;

beforeAll(async () => {
  database = await openDatabase({ memoryBytes: 50e6, threads: 1, temporary: `${scratch.folder}/spilled` });
});
afterAll(() => database.close());

const codeOf = (query: string) =>
  codeOfAsync(() => readingTables('fleet', () => database.connection.runAndReadAll(query)));

describe('a query that the database cannot run', () => {
  it('needs too much memory, or its files are damaged', async () => {
    // A list of rows cannot be in a file.
    expect(await codeOf('SELECT length(list(range)) FROM range(50_000_000)')).toBe('ERR_LAYERS_LIMIT');
    expect(await codeOf("SELECT * FROM 'missing.parquet'")).toBe('ERR_LAYERS_READ');
    expect(await codeOf('SELECT length(list(range)) FROM range(5)')).toBeNull();
  });
});
