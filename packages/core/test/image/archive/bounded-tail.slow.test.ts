import { gzipSync } from 'node:zlib';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { MAX_TRAILING_BYTES, withBoundedTail } from '../../../src/image/archive/bounded-tail.ts';

const tar = buildTar([{ path: 'a', data: Buffer.from('content') }]);
const PIECE = 1024 * 1024;

/** Yields the start, then a byte without end. */
async function* endless(start: Uint8Array, byte: number): AsyncGenerator<Uint8Array> {
  yield start;
  const piece = Buffer.alloc(PIECE, byte);
  for (;;) yield piece;
}

async function* once(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function lengthOf(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(Uint8Array.from(chunk));
  return Buffer.concat(pieces);
}

describe('withBoundedTail', () => {
  it.each([
    ['zeros after an archive', tar, 0],
    ['text after an archive', tar, 0x61],
    ['zeros alone', Buffer.alloc(512), 0],
    ['text alone', Buffer.from('no tar'), 0x61],
    ['text after half an archive', tar.subarray(0, 700), 0x61],
  ])('stops after %s', async (_, start, byte) => {
    expect(await lengthOf(withBoundedTail(endless(start, byte)))).toBeLessThan(
      start.length + MAX_TRAILING_BYTES + 3 * PIECE,
    );
  });

  it.each([
    ['an archive', tar],
    ['two archives', Buffer.concat([tar, tar])],
    ['a compressed archive', gzipSync(tar)],
    ['nothing', Buffer.alloc(0)],
  ])('passes on %s', async (_, bytes) => {
    expect(await bytesOf(withBoundedTail(once(bytes.subarray(0, 300), bytes.subarray(300))))).toEqual(bytes);
  });
});
