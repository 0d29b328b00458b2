import * as zlib from 'node:zlib';
import { isInstalled } from '@layers/testing/needs';
import { describe, expect, it } from 'vitest';
import type { BlockCompressor } from '../../src/compress/block.ts';
import { blockBuffers } from '../../src/compress/block.ts';
import { openDeflate } from '../../src/compress/deflate-block.ts';
import { openWasm, openZstd } from '../../src/compress/zstd-block.ts';
import { decompressed, layerLike, MIB, noise, piped } from './support.ts';

const buffers = blockBuffers({ blockBytes: MIB, dictionaryBytes: 0 });

/** What a compressor makes of bytes, in a buffer that is as used as any. */
function packed({ compress }: BlockCompressor, bytes: Uint8Array): Buffer {
  const buffer = buffers.take().fill(0xee);
  buffer.set(bytes);
  const { room } = buffers;
  const length = compress({ buffer, from: 0, to: bytes.length, room, last: true });
  expect(Buffer.from(buffer.subarray(0, bytes.length)).equals(bytes)).toBe(true);
  const result = Buffer.from(buffer.subarray(room, room + length));
  buffers.give(buffer);
  return result;
}

const samples = () => [new Uint8Array(0), layerLike(MIB / 2), noise(100_000), noise(MIB)];

describe.each([
  ['this Node', openZstd],
  ['WebAssembly', openWasm],
])('zstd of %s', (_, open) => {
  it.each([1, 3, 12, 19])('gives a frame at level %i that every decoder takes', async (level) => {
    const zstd = await open(level);
    for (const bytes of samples()) {
      const frame = packed(zstd, bytes);
      expect(Buffer.from(await decompressed(frame, 'zstd')).equals(bytes)).toBe(true);
      if (isInstalled('zstd')) expect(piped('zstd', ['-dc'], frame).equals(bytes)).toBe(true);
      expect(packed(zstd, bytes).equals(frame)).toBe(true);
    }
    zstd.close();
  });
});

describe('compressors of Node that are driven without its streams', () => {
  it.each([0, 1, 6, 9])('deflate at level %i as the documented function does', (level) => {
    const deflate = openDeflate(level);
    for (const bytes of samples()) {
      const plain = zlib.deflateRawSync(bytes, { level, chunkSize: buffers.take().length - buffers.room });
      expect(packed(deflate, bytes).equals(plain)).toBe(true);
    }
  });

  it('end frames as the documented function does, whatever was compressed before', async ({ skip }) => {
    if (!('zstdCompressSync' in zlib) || typeof zlib.zstdCompressSync !== 'function') return skip();
    const { zstdCompressSync } = zlib;
    const zstd = await openZstd(3);
    expect(zstd.engine).toBe('node:zlib');
    for (const bytes of [...samples(), ...samples()]) {
      const frame = zstdCompressSync(bytes, { params: { 100: 3, 201: 1 } });
      expect(packed(zstd, bytes).equals(frame)).toBe(true);
    }
    zstd.close();
  });

  it('refuse a room that is too small', () => {
    const buffer = new Uint8Array(2000);
    buffer.set(noise(1000));
    const block = { buffer, from: 0, to: 1000, room: 1500, last: true };
    expect(() => openDeflate(6).compress(block)).toThrow('grew');
  });
});
