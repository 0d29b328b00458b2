import { expect, test } from 'vitest';
import { ChunkList, chunkBatches } from '../../src/chunks/chunk-list.ts';
import { chosenSample, chunkNumber, MOST_CHUNKS, sampleLimit } from '../../src/chunks/sample.ts';
import { KnownChunks } from '../../src/scan/known-chunks.ts';

test('a chunk is numbered by the first 13 digits of its SHA-256', () => {
  for (const digits of ['0000000000000', '0000000000001', 'fffffffffffff', '0123456789abc'])
    expect(chunkNumber(Buffer.from(digits.padEnd(64, 'f'), 'hex'))).toBe(Number.parseInt(digits, 16));
});

test('a sample has the chunks of all smaller ones', () => {
  expect(sampleLimit(1)).toBe(2 ** 52);
  for (let oneIn = 1; oneIn < 100; oneIn++) expect(sampleLimit(oneIn + 1)).toBeLessThan(sampleLimit(oneIn));
});

test('a fleet keeps at most as many chunks as it should, and a larger one keeps fewer of each layer', () => {
  expect([0, 1, MOST_CHUNKS].map(chosenSample)).toEqual([1, 1, 1]);
  expect([1, 2, 2.5, 100].map((times) => chosenSample(times * MOST_CHUNKS + 1))).toEqual([2, 4, 4, 128]);
  const known = new KnownChunks();
  const samples = [1, 2, 3].map((tree) => {
    const oneIn = known.nextSample({}, MOST_CHUNKS);
    known.keep(tree, oneIn, MOST_CHUNKS);
    return oneIn;
  });
  expect(samples).toEqual([1, 2, 4]);
  expect(known.nextSample({ oneIn: 3 }, MOST_CHUNKS)).toBe(3);
});

test('a layer need not be read again for a sample that is known, or for a smaller one', () => {
  const known = new KnownChunks();
  known.keep(1, 8, 100);
  const isSettled = (oneIn?: number): boolean => known.isSettled(1, { oneIn });
  expect([isSettled(), isSettled(8), isSettled(16), isSettled(4)]).toEqual([true, true, true, false]);
  expect([known.isSettled(2, {}), known.isSettled(2, null)]).toEqual([false, true]);
  known.keep(1, 2, 100);
  known.keep(1, 4, 100);
  expect([known.sampleOf(1), isSettled(4)]).toEqual([2, true]);
});

test('the rows of a list are the chunks of a sample, without those that have rows already', () => {
  const list = new ChunkList(2);
  const numbers = Array.from({ length: 5000 }, (_, i) => (i * 2 ** 52) / 5000);
  numbers.forEach((chunk, i) => void list.add(i, chunk, i + 1));
  const rows = (from: number, limit: number): number[][] => {
    const batches = [...chunkBatches(list.list(), { from, limit })];
    return [0, 1, 2].map((column) => batches.flatMap((batch) => batch[column] ?? []));
  };
  expect(list.list()).toMatchObject({ oneIn: 2, count: 5000 });
  const expected = numbers.map((chunk, i) => [i, chunk, i + 1]);
  const between = (from: number, limit: number) =>
    [0, 1, 2].map((column) =>
      expected.filter(([, chunk = 0]) => chunk >= from && chunk < limit).map((row) => row[column]),
    );
  expect(rows(0, 2 ** 51)).toEqual(between(0, 2 ** 51));
  expect(rows(2 ** 49, 2 ** 50)).toEqual(between(2 ** 49, 2 ** 50));
});
