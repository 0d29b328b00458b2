import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/engine/duckdb.ts';
import { estimateOf } from '../../src/questions/chunks.ts';

const temporary = mkdtempSync(join(tmpdir(), 'layers-estimate-'));
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ memoryBytes: 500e6, threads: 1, temporary });
});
afterAll(() => {
  database.close();
  rmSync(temporary, { recursive: true, force: true });
});

/** Random fleets: how often the interval has the exact bytes, and the average of the estimates by the exact bytes. */
async function trials(chunks: number, oneIn: number) {
  const { bytes, low, high } = estimateOf(oneIn, { bytes: 'kept', squares: 'squares', most: 'most' });
  const reader = await database.connection.runAndReadAll(`
    WITH chunk AS (
      SELECT trial, 1 + hash(trial, i, 'size', ${chunks}) % 65536 AS size, hash(trial, i, ${oneIn}) < 18446744073709551615 // ${oneIn} AS is_kept
      FROM range(1000) AS t(trial), range(${chunks}) AS c(i)),
    sums AS (
      SELECT trial, sum(size)::BIGINT AS exact, 10 * sum(size)::BIGINT AS most,
        coalesce(sum(size) FILTER (is_kept), 0)::BIGINT AS kept,
        coalesce(sum(size * size) FILTER (is_kept), 0)::DOUBLE AS squares
      FROM chunk GROUP BY trial)
    SELECT avg((exact BETWEEN low AND high)::INTEGER), avg((exact < low)::INTEGER), avg((exact > high)::INTEGER),
      avg(estimate / exact), avg((high - low) / exact)
    FROM (SELECT exact, ${bytes} AS estimate, ${low} AS low, ${high} AS high FROM sums)`);
  const [within = 0, below = 0, above = 0, estimate = 0, width = 0] = (reader.getRows()[0] ?? []).map(Number);
  return { within, below, above, estimate, width };
}

test.each([
  [1, 8],
  [20, 8],
  [400, 8],
  [4000, 8],
  [2000, 2],
])(
  'the interval of %d chunks, of which one in %d is kept, has the exact bytes in 95 of 100 fleets',
  async (chunks, oneIn) => {
    const { within, below, above } = await trials(chunks, oneIn);
    expect(within).toBeGreaterThanOrEqual(0.935);
    expect(below).toBeLessThan(0.04);
    expect(above).toBeLessThan(0.04);
  },
);

test('with many chunks, the interval is not wider than it must be, and the estimate is right on average', async () => {
  const { within, estimate, width } = await trials(4000, 8);
  expect(within).toBeLessThan(0.975);
  expect(Math.abs(estimate - 1)).toBeLessThan(0.005);
  // 2 * 1.96 * sqrt((N - 1) / chunks * (1 + variation²)), for sizes that are equally likely.
  expect(width).toBeGreaterThan(3.92 * Math.sqrt((7 / 4000) * (4 / 3)) * 0.98);
  expect(width).toBeLessThan(3.92 * Math.sqrt((7 / 4000) * (4 / 3)) * 1.1);
});

test('with all chunks, the interval is the exact value', async () => {
  expect(await trials(20, 1)).toMatchObject({ within: 1, estimate: 1, width: 0 });
});
