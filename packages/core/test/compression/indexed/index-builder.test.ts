import { gzipSync } from 'node:zlib';
import { isLayersError } from '@layers/errors';
import { describe, expect, test, vi } from 'vitest';
import { createIndexBuilder } from '../../../src/compression/indexed/index-builder.ts';
import { encodeIndex } from '../../../src/compression/indexed/index-format.ts';
import { inflatedSource } from '../../../src/compression/indexed/inflated-source.ts';
import { createInflater } from '../../../src/compression/inflater.ts';
import { isHandleTested } from '../../../src/compression/node-handle.ts';
import { memorySource } from '../../../src/io/memory-source.ts';
import { chunksOf, concat } from '../support.ts';
import { built, checkReads, indexOf, KIB, noise, storedFrame, text } from './support.ts';

vi.mock('../../../src/compression/node-handle.ts', async (original) => ({
  ...(await original<object>()),
  isHandleTested: vi.fn(() => true),
}));

const bytes = text(400 * KIB);
const gzip = new Uint8Array(gzipSync(bytes, { memLevel: 6 }));
const zstd = concat(storedFrame(bytes.subarray(0, 200 * KIB)), storedFrame(bytes.subarray(200 * KIB), false));

/** Returns what the decoder without an index gives. */
function plain(blob: Uint8Array, compression: 'gzip' | 'zstd', chunkBytes: number, options = {}) {
  const inflater = createInflater(compression, { engine: 'portable', ...options });
  const parts: Uint8Array[] = [];
  const keep = (piece: Uint8Array) => void parts.push(piece.slice());
  let problem: string | null = null;
  try {
    for (const chunk of chunksOf(blob, chunkBytes)) inflater.push(chunk, keep);
    inflater.finish(keep);
  } catch (error) {
    if (!isLayersError(error)) throw error;
    problem = `${error.code} ${error.message}`;
  } finally {
    inflater.close();
  }
  return { bytes: concat(...parts), problem };
}

/** Changes a byte. */
function damaged(blob: Uint8Array, at: number): Uint8Array {
  const copy = blob.slice();
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}

describe.each([
  ['gzip', gzip],
  ['zstd', zstd],
] as const)('a builder of an index of %s', (compression, blob) => {
  test.each([997, 64 * KIB, 1024 * KIB])('yields the bytes, in chunks of %d bytes', (chunkBytes) => {
    const result = built(blob, compression, chunkBytes, { spacing: 64 * KIB });
    expect(result.problem).toBeNull();
    expect(Buffer.compare(result.bytes, bytes)).toBe(0);
    if (result.index === null) throw new Error('no index');
    expect(result.index).toMatchObject({ size: bytes.length, storedBytes: blob.length });
    checkReads(inflatedSource(memorySource(blob), result.index), bytes, 20);
  });

  test.each([
    ['cut off', blob.subarray(0, blob.length / 2)],
    ['without its last byte', blob.subarray(0, -1)],
    ['damaged at the start', damaged(blob, 1)],
    ['damaged in the middle', damaged(blob, blob.length / 2)],
    ['damaged at the end', damaged(blob, blob.length - 1)],
    ['followed by text', concat(blob, new TextEncoder().encode('text'))],
    ['followed by the start of another', concat(blob, blob.subarray(0, 7))],
    ['nothing', new Uint8Array(0)],
  ])('says what the decoder says about data that is %s', (_, data) => {
    for (const options of [{}, { checksum: false }, { ignoreTrailing: true }]) {
      const result = built(data, compression, 64 * KIB, { spacing: 64 * KIB, ...options });
      const expected = plain(data, compression, 64 * KIB, options);
      expect(result.problem).toBe(expected.problem);
      expect(Buffer.compare(result.bytes, expected.bytes)).toBe(0);
    }
  });
});

test('access points of gzip are about as far apart as wanted', () => {
  const { spans } = indexOf(gzip);
  expect(spans.length).toBeGreaterThanOrEqual(3);
  for (const { size, point } of spans) {
    expect(point).not.toBeNull();
    expect(size).toBeLessThan(200 * KIB);
  }
});

test('starts of members and frames are access points without a window', () => {
  const parts = [...chunksOf(bytes, 40 * KIB)];
  const members = concat(...parts.map((part) => new Uint8Array(gzipSync(part))));
  const frames = concat(...parts.map((part) => storedFrame(part)));
  for (const index of [indexOf(members), indexOf(frames, 'zstd')]) {
    expect(index.spans.map((span) => span.size)).toEqual(parts.map((part) => part.length));
    expect(index.spans.every((span) => span.point?.window.length === 0)).toBe(true);
  }
});

test('many tiny members do not make a large index', () => {
  const member = new Uint8Array(gzipSync(bytes.subarray(0, 20)));
  const index = indexOf(concat(...Array.from({ length: 5000 }, () => member)));
  expect(index.size).toBe(100_000);
  expect(index.spans.length).toBeLessThan(30);
});

test('the index takes at most one per cent of the data, and a constant', () => {
  // Each window is needed as a whole, and does not compress.
  const part = noise(32 * KIB - 300);
  const data = concat(...Array.from({ length: 300 }, () => part));
  const index = indexOf(new Uint8Array(gzipSync(data, { level: 1, memLevel: 1 })));
  expect(index.size).toBe(data.length);
  expect(encodeIndex(index).length).toBeLessThan(data.length / 100 + 130 * KIB);
});

test('only the used bytes of a window are kept', () => {
  const index = indexOf(gzip);
  const windows = index.spans.map((span) => span.point?.window.length ?? 0).filter((length) => length > 0);
  expect(windows.length).toBeGreaterThan(2);
  // Whole windows of this text have 13 kB.
  expect(Math.min(...windows)).toBeLessThan(10_000);
});

test('without the internals of Node, no index of gzip is built, and an index still reads', () => {
  const index = indexOf(gzip);
  vi.mocked(isHandleTested).mockReturnValue(false);
  try {
    expect(createIndexBuilder('gzip')).toBeNull();
    checkReads(inflatedSource(memorySource(gzip), index), bytes, 20);
    checkReads(inflatedSource(memorySource(zstd), indexOf(zstd, 'zstd')), bytes, 20);
  } finally {
    vi.mocked(isHandleTested).mockReturnValue(true);
  }
});
