import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHUNK_BYTES, Chunker } from '../../src/chunks/fast-cdc.ts';
import { noise } from '../random-fleet.ts';
import { naiveEnds, naiveHash } from './naive-chunks.ts';

/** Where the chunks of bytes end that come in pieces of these lengths. */
function endsOf(bytes: Uint8Array, pieces: readonly number[] = []): number[] {
  const chunker = new Chunker();
  const ends: number[] = [];
  for (let start = 0, i = 0; start < bytes.length; i++) {
    const piece = bytes.subarray(start, start + (pieces[i] ?? bytes.length));
    for (let at = chunker.end(piece, 0); at !== -1; at = chunker.end(piece, at)) ends.push(start + at);
    start += piece.length;
  }
  if (bytes.length > (ends.at(-1) ?? 0)) ends.push(bytes.length);
  return ends;
}

/** Random bytes, text, and runs of the same byte. */
const content = fc
  .array(
    fc.oneof(
      fc.tuple(fc.nat(40_000), fc.nat(5)).map(([length, seed]) => noise(length, String(seed))),
      fc.tuple(fc.nat(70_000), fc.constantFrom(0, 65)).map(([length, byte]) => Buffer.alloc(length, byte)),
      fc.tuple(fc.nat(30_000), fc.nat(9)).map(([length, n]) => Buffer.alloc(length, `line ${n} of a text\n`)),
    ),
    { maxLength: 5 },
  )
  .map((parts) => Buffer.concat(parts));

test('chunks end where the definition says, whatever the pieces in which bytes come', () => {
  fc.assert(
    fc.property(content, fc.array(fc.integer({ min: 1, max: 50_000 })), (bytes, pieces) => {
      const ends = naiveEnds(bytes);
      expect(endsOf(bytes)).toEqual(ends);
      expect(endsOf(bytes, pieces)).toEqual(ends);
    }),
    { numRuns: runs(40, 2000) },
  );
});

test('bytes that come one by one have the same chunks', () => {
  const bytes = noise(50_000, 'single');
  expect(endsOf(bytes, new Array(bytes.length).fill(1))).toEqual(naiveEnds(bytes));
});

/** Bytes without an end of a chunk before `size`, whose hash there is in a range. */
function endingAt(size: number, [low, high]: readonly [number, number]): Buffer {
  for (let seed = 0; ; seed++) {
    const bytes = noise(66_000, `ending ${seed}`);
    if ((naiveEnds(bytes)[0] ?? 0) < size + 3000) continue;
    for (let tail = 0; tail < 2 ** 16; tail++) {
      bytes.writeUInt16BE(tail, size - 2);
      const hash = naiveHash(bytes, size);
      if (hash >= low && hash < high && naiveEnds(bytes.subarray(0, size - 1)).length === 1) return bytes;
    }
  }
}

test('a chunk needs fewer zero bits from one byte above the average on', () => {
  const between = [2 ** 16, 2 ** 20] as const;
  const { average } = CHUNK_BYTES;
  expect(endsOf(endingAt(average, between))[0]).toBeGreaterThan(average);
  expect(endsOf(endingAt(average + 1, between))[0]).toBe(average + 1);
  expect(endsOf(endingAt(average, [0, 2 ** 16]))[0]).toBe(average);
});

test('the hash begins after the least bytes of a chunk', () => {
  const bytes = endingAt(CHUNK_BYTES.least + 3, [0, 2 ** 16]);
  expect(endsOf(bytes)[0]).toBe(CHUNK_BYTES.least + 3);
});

test('chunks of known bytes end where they always did', () => {
  // Fleets of different versions are merged: the boundaries are part of the format.
  expect(endsOf(noise(100_000, 'known'))).toEqual([8766, 26_965, 44_562, 61_251, 75_278, 93_750, 100_000]);
  expect(endsOf(Buffer.alloc(140_000))).toEqual([65_536, 131_072, 140_000]);
  expect(endsOf(Buffer.alloc(0))).toEqual([]);
});

test('bytes that are inserted or removed change only the chunks near them', () => {
  const bytes = noise(500_000, 'shift');
  const chunksOf = (all: Buffer): string[] => {
    let start = 0;
    return endsOf(all).map((end) => {
      const chunk = all.subarray(start, end).toString('latin1');
      start = end;
      return chunk;
    });
  };
  const before = new Set(chunksOf(bytes));
  for (const at of [0, 250_000]) {
    const inserted = Buffer.concat([bytes.subarray(0, at), Buffer.from('new'), bytes.subarray(at)]);
    const removed = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 3)]);
    for (const changed of [inserted, removed]) {
      const others = chunksOf(changed).filter((chunk) => !before.has(chunk));
      expect(others.length).toBeGreaterThan(0);
      expect(others.length).toBeLessThan(5);
    }
  }
});

test('most chunks are near the average', () => {
  const bytes = noise(1_500_000, 'sizes');
  const ends = endsOf(bytes);
  const sizes = ends.map((end, i) => end - (ends[i - 1] ?? 0)).slice(0, -1);
  expect(Math.min(...sizes)).toBeGreaterThan(CHUNK_BYTES.least);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(CHUNK_BYTES.most);
  const average = bytes.length / ends.length;
  expect(average).toBeGreaterThan(CHUNK_BYTES.average);
  expect(average).toBeLessThan(1.3 * CHUNK_BYTES.average);
});
