import { createRequire } from 'node:module';
import { useScratch } from '@layers/testing/scratch';
import { expect, it } from 'vitest';
import { duckDBMissing } from '../../src/engine/duckdb.ts';

const scratch = useScratch();
const require = createRequire(import.meta.url);

function errorOf(load: () => unknown): unknown {
  try {
    load();
  } catch (error) {
    return error;
  }
  throw new Error('it was loaded');
}

it('names what the system lacks, where the binary of DuckDB is installed and cannot be loaded', () => {
  const path = scratch.file(Buffer.from('not a library'), 'duckdb.node');
  const { message, hint } = duckDBMissing(errorOf(() => require(path)));
  expect(message).toMatch(/^the system cannot load DuckDB: .*duckdb\.node.*$/);
  expect(hint).toContain('libstdc++.so.6');
});

it('says why DuckDB cannot be loaded, where it is installed', () => {
  const path = scratch.file(Buffer.from("throw new Error('too many open files');"), 'broken.cjs');
  const { message } = duckDBMissing(errorOf(() => require(path)));
  expect(message).toBe('the library @duckdb/node-api cannot be loaded: too many open files');
});

it('says what to install where DuckDB is not installed', () => {
  const { message, hint } = duckDBMissing(errorOf(() => require(`${scratch.folder}/none.node`)));
  expect([message, hint]).toEqual([
    'the library @duckdb/node-api cannot be loaded',
    expect.stringContaining('npm install @duckdb/node-api'),
  ]);
});
