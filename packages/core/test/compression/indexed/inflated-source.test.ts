import { constants, gzipSync } from 'node:zlib';
import { runs } from '@layers/testing/random-runs';
import { describe, expect, test } from 'vitest';
import type { CompressedIndex } from '../../../src/compression/indexed/compressed-index.ts';
import { inflatedSource } from '../../../src/compression/indexed/inflated-source.ts';
import { inflateInParallel } from '../../../src/compression/indexed/parallel-inflate.ts';
import { openReference } from '../../../src/compression/open-reference.ts';
import type { SyncByteSource } from '../../../src/io/byte-source.ts';
import { memorySource } from '../../../src/io/memory-source.ts';
import { chunksOf, codeOf, collect, concat, sample, sha256 } from '../support.ts';
import { checkReads, indexOf, KIB, memberWithFields, noise, sourceOf, storedFrame, text } from './support.ts';

const bytes = text(400 * KIB);
const half = bytes.length / 2;
const gzip = (part: Uint8Array, options = {}) => new Uint8Array(gzipSync(part, options));
const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE } = constants;

const nothing = new Uint8Array(0);
const zeros = new Uint8Array(3000 * KIB);
const random = noise(300 * KIB);
const repeated = concat(...Array.from({ length: 20 }, () => noise(32 * KIB - 300)));

/** Blobs of gzip, each of the same data where the second part is missing. */
const GZIP: readonly { readonly name: string; readonly blob: Uint8Array; readonly all?: Uint8Array }[] = [
  { name: 'level 1', blob: gzip(bytes, { level: 1 }) },
  { name: 'level 9', blob: gzip(bytes, { level: 9 }) },
  { name: 'stored blocks', blob: gzip(bytes, { level: 0 }) },
  { name: 'fixed codes', blob: gzip(bytes, { strategy: Z_FIXED }) },
  { name: 'no matches', blob: gzip(bytes, { strategy: Z_HUFFMAN_ONLY }) },
  { name: 'runs', blob: gzip(bytes, { strategy: Z_RLE }) },
  { name: 'short blocks', blob: gzip(bytes, { memLevel: 1 }) },
  { name: 'noise', blob: gzip(random), all: random },
  { name: 'long matches', blob: gzip(zeros), all: zeros },
  { name: 'matches in the whole window', blob: gzip(repeated, { memLevel: 1 }), all: repeated },
  { name: 'members', blob: concat(gzip(bytes.subarray(0, half)), gzip(bytes.subarray(half))) },
  {
    name: 'members with fields, empty members and zeros',
    blob: concat(
      memberWithFields(bytes.subarray(0, half)),
      gzip(nothing),
      memberWithFields(bytes.subarray(half)),
      gzip(nothing),
      new Uint8Array(1000),
    ),
  },
  { name: 'nothing', blob: gzip(nothing), all: nothing },
  { name: 'one byte', blob: gzip(bytes.subarray(0, 1)), all: bytes.subarray(0, 1) },
];

describe.each(GZIP)('an indexed gzip blob: $name', ({ blob, all = bytes }) => {
  test('reads as its uncompressed bytes at every position', () => {
    checkReads(sourceOf(blob), all, runs(200, 2000));
  });

  test('is decompressed by several threads', async () => {
    const index = indexOf(blob);
    const parallel = inParallel(blob, index);
    expect(parallel === null).toBe(index.spans.filter(({ point }) => point !== null).length < 2);
    if (parallel !== null) expect(sha256(await joined(parallel))).toBe(sha256(all));
  });
});

const inParallel = (blob: Uint8Array, index: CompressedIndex, partBytes = 64 * KIB) => {
  const open = memorySource(blob).open();
  return inflateInParallel(open, index, {
    partBytes,
    threads: 2,
    notIndexed: () => new Error('another blob'),
  });
};

async function joined(chunks: AsyncIterable<Uint8Array> | null): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks ?? []) parts.push(chunk.slice());
  return concat(...parts);
}

describe('several threads that decompress a blob', () => {
  const blob = gzip(bytes, { level: 6 });
  const index = indexOf(blob);

  test('say so where the blob is not the one that was indexed, after the bytes before', async () => {
    for (const at of [20, blob.length >> 1, blob.length - 3000]) {
      const parts: Uint8Array[] = [];
      const damaged = blob.with(at, (blob[at] ?? 0) ^ 0x55);
      await expect(
        (async () => {
          for await (const chunk of inParallel(damaged, index) ?? []) parts.push(chunk.slice());
        })(),
      ).rejects.toThrow('another blob');
      const before = concat(...parts);
      expect(Buffer.compare(before, bytes.subarray(0, before.length))).toBe(0);
    }
  });

  test('stop when their bytes are no longer wanted', async () => {
    for await (const chunk of inParallel(blob, index) ?? []) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  test('decompress many members without access points', async () => {
    const members = concat(...[...chunksOf(bytes, 5 * KIB)].map((part) => gzip(part)));
    expect(sha256(await joined(inParallel(members, indexOf(members))))).toBe(sha256(bytes));
  });
});

describe('an indexed zstd blob', () => {
  const parts = [...chunksOf(bytes, 70 * KIB)];

  test.each([
    ['frames of known size', (part: Uint8Array) => storedFrame(part)],
    ['frames of unknown size', (part: Uint8Array) => storedFrame(part, false)],
  ])('reads as its uncompressed bytes: %s', (_name, frame) => {
    const blob = concat(
      ...parts.map(frame),
      storedFrame(new Uint8Array(0)),
      storedFrame(bytes.subarray(0, 3)),
    );
    const index = indexOf(blob, 'zstd');
    expect(index.spans.filter((span) => span.point !== null).length).toBeGreaterThanOrEqual(parts.length);
    checkReads(
      inflatedSource(memorySource(blob), index),
      concat(...parts, bytes.subarray(0, 3)),
      runs(200, 2000),
    );
  });

  test('of one frame has one access point, and reads at every position', () => {
    const blob = storedFrame(bytes);
    const index = indexOf(blob, 'zstd');
    expect(index.spans.filter((span) => span.point !== null)).toHaveLength(1);
    expect(index.spans.length).toBeGreaterThan(1);
    checkReads(inflatedSource(memorySource(blob), index), bytes, runs(100, 1000));
  });
});

test('the bytes stream from any position', async () => {
  const source = sourceOf(gzip(bytes));
  expect(Buffer.compare(await collect(source.stream()), bytes)).toBe(0);
  expect(Buffer.compare(await collect(source.stream(123_456, 1000)), bytes.subarray(123_456))).toBe(0);
});

test('another thread opens the bytes from plain data', () => {
  const source = sourceOf(gzip(bytes));
  const reference = source.reference();
  if (reference === null) throw new Error('the source has no reference');
  const other = openReference(structuredClone(reference));
  expect(other.name).toBe(source.name);
  checkReads(other, bytes, runs(50, 500));
});

test('bytes that only this thread can read stay without a reference', () => {
  const blob = gzip(bytes);
  const own: SyncByteSource = { ...plain(blob), reference: () => null };
  expect(inflatedSource(own, indexOf(blob)).reference()).toBeNull();
});

test('the identity changes with that of the blob, and is another one', () => {
  const blob = gzip(bytes);
  const of = (identity: string | null) =>
    inflatedSource({ ...plain(blob), identity: () => identity }, indexOf(blob)).identity();
  expect(new Set(['a', 'b', of('a'), of('b')]).size).toBe(4);
  expect(of(null)).toBeNull();
});

/** A source whose methods can be replaced. */
function plain(blob: Uint8Array): SyncByteSource {
  const memory = memorySource(blob);
  return {
    sync: true,
    name: memory.name,
    size: memory.size,
    identity: () => null,
    read: (target, position) => memory.read(target, position),
    open: () => memory.open(),
    stream: (position, chunkBytes) => memory.stream(position, chunkBytes),
    reference: () => memory.reference(),
  };
}

test('a sequential read decodes each byte of the blob once', () => {
  const blob = gzip(bytes);
  let stored = 0;
  const counted: SyncByteSource = {
    ...plain(blob),
    open: () => ({
      size: blob.length,
      read(target, position) {
        const count = memorySource(blob).read(target, position);
        stored += count;
        return count;
      },
      close: () => undefined,
    }),
  };
  const open = inflatedSource(counted, indexOf(blob)).open();
  const target = new Uint8Array(1000);
  for (let position = 0; position < bytes.length; ) position += open.read(target, position);
  open.close();
  // Without the header, which has 10 bytes.
  expect(stored).toBe(blob.length - 10);
});

describe('a blob that is not the indexed one', () => {
  const blob = gzip(bytes);
  const index = indexOf(blob);

  test('of another size is refused', () => {
    expect(codeOf(() => inflatedSource(memorySource(blob.subarray(1)), index))).toBe(
      'ERR_LAYERS_INPUT_CHANGED',
    );
  });

  test('never reads as other bytes', () => {
    for (let at = 10; at < blob.length; at += 9973) {
      const damaged = blob.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      const source = inflatedSource(memorySource(damaged), index);
      let refused = 0;
      for (let position = 0; position < bytes.length; position += 50_000) {
        const target = new Uint8Array(100);
        const code = codeOf(() => source.read(target, position));
        if (code === null) expect(target).toEqual(bytes.slice(position, position + 100));
        else expect(code).toBe('ERR_LAYERS_INPUT_CHANGED');
        refused += code === null ? 0 : 1;
      }
      // A point after the damage does not depend on it.
      expect(refused).toBeLessThan(bytes.length / 50_000);
    }
  });

  test('of the same size is refused', () => {
    const other = gzip(sample(bytes.length));
    const padded = concat(
      other.subarray(0, blob.length),
      new Uint8Array(Math.max(0, blob.length - other.length)),
    );
    const source = inflatedSource(memorySource(padded), index);
    for (const at of [0, 100_000, bytes.length - 1]) {
      expect(codeOf(() => source.read(new Uint8Array(10), at))).toBe('ERR_LAYERS_INPUT_CHANGED');
    }
  });

  test('that became shorter is refused', () => {
    const source = inflatedSource({ ...plain(blob.subarray(0, 1000)), size: blob.length }, index);
    expect(codeOf(() => source.read(new Uint8Array(10), bytes.length - 10))).toBe('ERR_LAYERS_INPUT_CHANGED');
  });
});
