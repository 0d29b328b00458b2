import { crc32, deflateRawSync } from 'node:zlib';
import { isLayersError } from '@layers/errors';
import fc from 'fast-check';
import type { CompressedIndex } from '../../../src/compression/indexed/compressed-index.ts';
import {
  buildIndex,
  createIndexBuilder,
  type IndexOptions,
} from '../../../src/compression/indexed/index-builder.ts';
import { inflatedSource } from '../../../src/compression/indexed/inflated-source.ts';
import type { SyncByteSource } from '../../../src/io/byte-source.ts';
import { memorySource } from '../../../src/io/memory-source.ts';
import { chunksOf, concat, sample } from '../support.ts';

export const KIB = 1024;

/** Bytes that do not compress, the same on every run. */
export function noise(bytes: number, seed = 1): Uint8Array {
  const out = new Uint8Array(bytes);
  let state = seed;
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x3243f6a9) >>> 0;
    out[at] = state >>> 24;
  }
  return out;
}

/** Lines of words: as with real text, blocks are short, and most of a window is not used. */
export function text(bytes: number, seed = 1): Uint8Array {
  const words = Array.from({ length: 2000 }, (_, at) =>
    Math.abs(Math.sin(at + seed))
      .toString(36)
      .slice(2, 10),
  );
  const picked = noise(bytes, seed);
  let out = '';
  for (let at = 0; out.length < bytes; at += 2) {
    out += `${words[((picked[at] ?? 0) * 256 + (picked[at + 1] ?? 0)) % words.length]}${at % 7 === 0 ? '\n' : ' '}`;
  }
  return new TextEncoder().encode(out.slice(0, bytes));
}

/** Data of all kinds, in parts of changing lengths: text, noise, zeros, and what was there before. */
export function mixture(bytes: number): Uint8Array {
  const words = text(3000 * KIB);
  const random = noise(2000 * KIB);
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let at = 0; size < bytes; at++) {
    const length = 1000 + ((at * 7919) % (90 * KIB));
    const from = (at * 104_729) % (1900 * KIB);
    const kinds = [
      () => words.subarray(from, from + length),
      () => random.subarray(from, from + length),
      () => new Uint8Array(length),
      () => sample(length, at),
      () => parts[(at * 31) % Math.max(1, parts.length)] ?? new Uint8Array(1),
    ];
    const part = kinds[at % kinds.length]?.() ?? new Uint8Array(0);
    parts.push(part);
    size += part.length;
  }
  return concat(...parts);
}

/** A gzip member with an extra field, a name and a comment. */
export function memberWithFields(bytes: Uint8Array): Uint8Array {
  const tail = new DataView(new ArrayBuffer(8));
  tail.setUint32(0, crc32(bytes), true);
  tail.setUint32(4, bytes.length, true);
  const fields = new TextEncoder().encode('\x03\x00abca name\0a comment\0');
  const head = Uint8Array.of(0x1f, 0x8b, 8, 4 | 8 | 16, 0, 0, 0, 0, 0, 3);
  return concat(head, fields, deflateRawSync(bytes), new Uint8Array(tail.buffer));
}

/** A zstd frame without compression (RFC 8878, 3.1.1); its header has the size or a window of 1 MiB. */
export function storedFrame(bytes: Uint8Array, hasSize = true): Uint8Array {
  const header = new DataView(new ArrayBuffer(hasSize ? 9 : 6));
  header.setUint32(0, 0xfd2fb528, true);
  header.setUint8(4, hasSize ? 0xa0 : 0);
  if (hasSize) header.setUint32(5, bytes.length, true);
  else header.setUint8(5, 10 << 3);
  const parts: Uint8Array[] = [new Uint8Array(header.buffer)];
  const blocks = bytes.length === 0 ? [bytes] : [...chunksOf(bytes, 100 * KIB)];
  for (const [number, block] of blocks.entries()) {
    const bits = (block.length << 3) | (number === blocks.length - 1 ? 1 : 0);
    parts.push(Uint8Array.of(bits & 0xff, (bits >> 8) & 0xff, bits >> 16), block);
  }
  return concat(...parts);
}

/** Builds the index of a blob in memory. Fails where this Node does not support it. */
export function indexOf(
  blob: Uint8Array,
  compression: CompressedIndex['compression'] = 'gzip',
  options: IndexOptions = { spacing: 64 * KIB },
): CompressedIndex {
  const index = buildIndex(memorySource(blob), compression, options);
  if (index === null) throw new Error('this Node has no handle');
  return index;
}

export function sourceOf(blob: Uint8Array, compression?: CompressedIndex['compression']): SyncByteSource {
  return inflatedSource(memorySource(blob), indexOf(blob, compression));
}

/** Returns the bytes of a builder and its index, or the code of its error after the bytes before it. */
export function built(
  blob: Uint8Array,
  compression: 'gzip' | 'zstd',
  chunkBytes: number,
  options?: IndexOptions,
) {
  const builder = createIndexBuilder(compression, options);
  if (builder === null) throw new Error('this Node has no handle');
  const parts: Uint8Array[] = [];
  let problem: string | null = null;
  try {
    for (const chunk of chunksOf(blob, chunkBytes)) {
      const reused = Buffer.from(chunk);
      for (const piece of builder.feed(reused)) parts.push(piece.slice());
      reused.fill(0xee);
    }
    for (const piece of builder.finish()) parts.push(piece.slice());
  } catch (error) {
    if (!isLayersError(error)) throw error;
    problem = `${error.code} ${error.message}`;
  } finally {
    builder.close();
  }
  return { bytes: concat(...parts), problem, index: problem === null ? builder.index() : null };
}

/** Reads at random positions, by one reader and by a new one each time, and compares with the uncompressed bytes. */
export function checkReads(
  source: SyncByteSource,
  all: Uint8Array,
  numRuns: number,
  maxLength = 200_000,
): void {
  if (source.size !== all.length) throw new Error(`${source.size} bytes instead of ${all.length}`);
  const open = source.open();
  const position = fc.oneof(fc.nat({ max: all.length }), fc.constant(all.length), fc.constant(0));
  try {
    fc.assert(
      fc.property(position, fc.nat({ max: maxLength }), fc.boolean(), (at, length, isNew) => {
        const target = new Uint8Array(length);
        const count = (isNew ? source : open).read(target, at);
        const expected = all.subarray(at, at + length);
        return count === expected.length && Buffer.compare(target.subarray(0, count), expected) === 0;
      }),
      { numRuns },
    );
  } finally {
    open.close();
  }
}
