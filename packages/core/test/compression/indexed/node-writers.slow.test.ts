import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import * as zlib from 'node:zlib';
import { canZstd, compress } from '@layers/testing/archive-builder';
import { needsThat } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { decodeIndex, encodeIndex } from '../../../src/compression/indexed/index-format.ts';
import { inflatedSource } from '../../../src/compression/indexed/inflated-source.ts';
import { memorySource } from '../../../src/io/memory-source.ts';
import { chunksOf, concat } from '../support.ts';
import { checkReads, indexOf, KIB, memberWithFields, mixture, storedFrame } from './support.ts';

const { constants, gzipSync } = zlib;
const bytes = mixture(8000 * KIB);
const parts = [...chunksOf(bytes, 333 * KIB)];
const empty = new Uint8Array(0);
const table = buildTar([{ path: 'stargz.index.json', data: Buffer.from('{"version":1,"entries":[]}') }]);

/** Flushes often, in one of the ways of zlib. */
async function flushed(kind: number): Promise<Uint8Array> {
  const writer = zlib.createGzip();
  const written = buffer(writer);
  for (const part of chunksOf(bytes, 41 * KIB)) {
    writer.write(part);
    await new Promise<void>((resolve) => writer.flush(kind, resolve));
  }
  writer.end();
  return new Uint8Array(await written);
}

const skippable = (magic: number, data: Uint8Array): Uint8Array => {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, magic, true);
  head.setUint32(4, data.length, true);
  return concat(new Uint8Array(head.buffer), data);
};

/** As eStargz: a member for each piece of a file, a table of contents, and a footer that is an empty member. */
function withTable(): Uint8Array {
  const extra = Buffer.from(`SG\x16\0${'0'.repeat(16)}STARGZ`, 'latin1');
  const footer = concat(
    Uint8Array.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, extra.length, 0),
    extra,
    Uint8Array.of(1, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0),
  );
  return concat(...parts.map((part) => gzipSync(part, { level: 9 })), gzipSync(table), footer);
}

/** As zstd:chunked: frames for the pieces of files, and skippable frames with tables. */
const chunked = (frame: (part: Uint8Array) => Uint8Array): Uint8Array =>
  concat(
    ...parts.map(frame),
    skippable(0x184d2a50, new Uint8Array(7000).fill(7)),
    skippable(0x184d2a50, new Uint8Array(64)),
  );

const GZIP: readonly (readonly [string, () => Uint8Array | Promise<Uint8Array>, Uint8Array?])[] = [
  ...[0, 1, 2, 4, 6, 9].map((level) => [`zlib at level ${level}`, () => gzipSync(bytes, { level })] as const),
  ['fixed codes', () => gzipSync(bytes, { strategy: constants.Z_FIXED })],
  ['Huffman codes alone', () => gzipSync(bytes, { strategy: constants.Z_HUFFMAN_ONLY })],
  ['run lengths', () => gzipSync(bytes, { strategy: constants.Z_RLE })],
  ['filtered data', () => gzipSync(bytes, { strategy: constants.Z_FILTERED })],
  ['short blocks', () => gzipSync(bytes, { memLevel: 1 })],
  ['a small window', () => gzipSync(bytes, { windowBits: 9 })],
  ['sync flushes', () => flushed(constants.Z_SYNC_FLUSH)],
  ['full flushes', () => flushed(constants.Z_FULL_FLUSH)],
  ['partial flushes', () => flushed(constants.Z_PARTIAL_FLUSH)],
  ['many members', () => concat(...parts.map((part) => gzipSync(part)))],
  [
    'members of all levels, and empty ones',
    () => concat(...parts.flatMap((part, at) => [gzipSync(part, { level: at % 10 }), gzipSync(empty)])),
  ],
  ['members with fields in their headers', () => concat(...parts.map(memberWithFields))],
  ['a table of contents', withTable, concat(bytes, table)],
];

const ZSTD: readonly (readonly [string, () => Uint8Array])[] = [
  ['frames without compression', () => concat(...parts.map((part) => storedFrame(part)))],
  ['frames without sizes, and tables', () => chunked((part) => storedFrame(part, false))],
];

const COMPRESSED_ZSTD: readonly (readonly [string, () => Uint8Array])[] = [
  ['one frame', () => compress(bytes, 'zstd')],
  ['many frames', () => concat(...parts.map((part) => compress(part, 'zstd')))],
  ['frames and tables', () => chunked((part) => compress(part, 'zstd'))],
];

function check(stored: Uint8Array, compression: 'gzip' | 'zstd', all: Uint8Array, numRuns: number): void {
  for (const spacing of [64 * KIB, 1024 * KIB]) {
    const index = indexOf(stored, compression, { spacing });
    const kept = decodeIndex(encodeIndex(index)) ?? expect.fail();
    const source = inflatedSource(memorySource(stored), kept);
    const whole = new Uint8Array(all.length);
    expect(source.read(whole, 0)).toBe(all.length);
    expect(createHash('sha256').update(whole).digest('hex')).toBe(
      createHash('sha256').update(all).digest('hex'),
    );
    checkReads(source, all, numRuns, 50_000);
  }
}

// In all, more than 10,000 reads at random places.
const READS = runs(300, 10_000);

const gzipCases = GZIP.map(([what, stored, all = bytes]) => ({ what, stored, all }));

test.each(gzipCases)(
  'gzip with $what is read at any place',
  async ({ stored, all }) => {
    check(await stored(), 'gzip', all, READS);
  },
  600_000,
);

test.each(ZSTD)(
  'zstd with %s is read at any place',
  (_, stored) => {
    check(stored(), 'zstd', bytes, READS);
  },
  600_000,
);

describe('compressed zstd', needsThat(canZstd, 'this Node has no zstd'), () => {
  test.each(COMPRESSED_ZSTD)(
    'with %s is read at any place',
    (name, stored) => {
      // A frame is read from its start.
      check(stored(), 'zstd', bytes, name === 'one frame' ? 20 : READS);
    },
    600_000,
  );
});
