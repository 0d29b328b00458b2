import { gzipSync } from 'node:zlib';
import { errorOfAsync } from '@layers/testing/errors';
import { served } from '@layers/testing/every-way';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildIndex } from '../../src/compression/indexed/index-builder.ts';
import { inflatedSource } from '../../src/compression/indexed/inflated-source.ts';
import { openReference } from '../../src/compression/open-reference.ts';
import type { ByteSource, SyncByteSource } from '../../src/io/byte-source.ts';
import { fileSource } from '../../src/io/file-source.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import { rangeSource } from '../../src/io/range-source.ts';
import { remoteSource } from '../../src/io/remote-source.ts';

const scratch = useScratch();

/** The kinds of sources, each with the same bytes. */
const KINDS: readonly (readonly [kind: string, of: (bytes: Uint8Array) => ByteSource])[] = [
  ['a file', (bytes) => fileSource(scratch.file(bytes))],
  ['memory', (bytes) => memorySource(bytes)],
  ['a part of a file', (bytes) => rangeSource(fileSource(scratch.file(padded(bytes))), 3, bytes.length)],
  ['a part of memory', (bytes) => rangeSource(memorySource(padded(bytes)), 3, bytes.length)],
  [
    'a part of a part',
    (bytes) => rangeSource(rangeSource(memorySource(padded(padded(bytes))), 3, 99_999), 3, bytes.length),
  ],
  ['an indexed blob', (bytes) => indexed(bytes)],
  ['a part of an indexed blob', (bytes) => rangeSource(indexed(padded(bytes)), 3, bytes.length)],
  ['a server', (bytes) => served(bytes)],
];

function indexed(bytes: Uint8Array): SyncByteSource {
  const blob = memorySource(gzipSync(bytes));
  const index = buildIndex(blob, 'gzip');
  if (index === null) throw new Error('this Node has no handle');
  return inflatedSource(blob, index);
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('<<<'), bytes, Buffer.from('>>>')]);
}

async function streamed(source: ByteSource, position?: number, chunkBytes?: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.stream(position, chunkBytes)) {
    expect(chunk.length).toBeLessThanOrEqual(chunkBytes ?? 256 * 1024);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

describe.each(KINDS)('the bytes of %s', (_, sourceOf) => {
  test('are those of a naive model, at every position and length', async () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    const number = fc.nat({ max: 70 });
    await fc.assert(
      fc.asyncProperty(
        bytes,
        number,
        number,
        fc.integer({ min: 1, max: 70 }),
        async (all, at, length, chunk) => {
          const source = sourceOf(all);
          expect(source.size).toBe(all.length);
          const target = Buffer.alloc(length, 0x2e);
          const expected = Buffer.alloc(length, 0x2e);
          expected.set(all.subarray(at, at + length));
          expect(await source.read(target, at)).toBe(all.subarray(at, at + length).length);
          expect(target).toEqual(expected);
          expect(await streamed(source)).toEqual(Buffer.from(all));
          expect(await streamed(source, at, chunk)).toEqual(Buffer.from(all.subarray(at)));
        },
      ),
      { numRuns: runs(30, 1000) },
    );
  });

  test('are read again by many readers at once', async () => {
    const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251));
    const source = sourceOf(bytes);
    const readers = await Promise.all([0, 1, 40_000].map((at) => streamed(source, at, 999)));
    expect(readers).toEqual([0, 1, 40_000].map((at) => bytes.subarray(at)));
  });

  test('can be opened by another thread from plain data, if at all', () => {
    const source = sourceOf(Buffer.from('0123456789'));
    if (!source.sync) return;
    const reference = source.reference();
    if (reference === null) throw new Error('the source has no reference');
    const other = openReference(structuredClone(reference));
    const target = Buffer.alloc(20, 0x2e);
    expect([other.size, other.read(target, 4), target.toString()]).toEqual([10, 6, '456789..............']);
  });
});

test('of a part of memory, only the part is sent to another thread', () => {
  const reference = rangeSource(memorySource(new Uint8Array(1_000_000)), 10, 20).reference();
  expect(reference?.kind === 'memory' ? reference.bytes.buffer.byteLength : null).toBe(20);
});

test('a part ends where the whole ends, whatever its length says', () => {
  const part = rangeSource(memorySource(Buffer.from('0123456789')), 8, 100);
  const target = Buffer.alloc(5, 0x2e);
  expect([part.size, part.read(target, 0), target.toString()]).toEqual([100, 2, '89...']);
});

test('parts of one file have identities of their own, which change with the file', () => {
  const file = fileSource(scratch.file(Buffer.from('0123456789')));
  const ids = [file, rangeSource(file, 0, 5), rangeSource(file, 5, 5)].map((source) => source.identity());
  expect(new Set(ids).size).toBe(3);
  const other = rangeSource(fileSource(scratch.file(Buffer.from('x'))), 0, 5);
  expect(ids).not.toContain(other.identity());
  const unknown: SyncByteSource = rangeSource(memorySource(new Uint8Array(9)), 0, 5);
  expect(unknown.identity()).toBeNull();
});

describe('a server', () => {
  const sending = (chunks: readonly string[], more: { identity?: string } = {}) =>
    remoteSource({
      name: 'host/blob',
      size: 10,
      ...more,
      async *fetch() {
        for (const chunk of chunks) yield Buffer.from(chunk);
      },
    });

  test('that sends too little causes an error that names it', async () => {
    const source = sending(['0123', '45']);
    const target = new Uint8Array(10);
    for (const read of [() => source.read(target, 0), () => streamed(source)]) {
      expect(await errorOfAsync(read)).toMatchObject({
        code: 'ERR_LAYERS_READ',
        message: 'cannot read host/blob: the server sent 4 bytes too few',
        offset: 6,
      });
    }
  });

  test('that sends too much is stopped', async () => {
    let sent = 0;
    const source = remoteSource({
      name: 'endless',
      size: 10,
      async *fetch() {
        for (;;) {
          sent++;
          yield Buffer.from('abcd');
        }
      },
    });
    expect((await streamed(source)).toString()).toBe('abcdabcdab');
    expect(sent).toBe(3);
  });

  test('is not asked for bytes after the end', async () => {
    const asked: number[][] = [];
    const source = remoteSource({
      name: 'x',
      size: 10,
      async *fetch(position, length) {
        asked.push([position, length]);
        yield new Uint8Array(length);
      },
    });
    const target = new Uint8Array(8);
    expect([
      await source.read(target, 4),
      await source.read(target, 10),
      await source.read(target, 12),
    ]).toEqual([6, 0, 0]);
    expect(asked).toEqual([[4, 6]]);
  });

  test('may know the identity of the bytes', () => {
    expect([sending([]).identity(), sending([], { identity: 'sha256:1' }).identity()]).toEqual([
      null,
      'sha256:1',
    ]);
  });
});
