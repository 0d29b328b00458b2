import * as zlib from 'node:zlib';
import { isInstalled } from '@layers/testing/needs';
import { describe, expect, it } from 'vitest';
import type { BlockCompressor } from '../../src/compress/block.ts';
import { createBufferPool } from '../../src/compress/block.ts';
import { openDeflate } from '../../src/compress/deflate-block.ts';
import { openNodePool } from '../../src/compress/node-pool.ts';
import { openWasmZstd, openZstd } from '../../src/compress/zstd-block.ts';
import { decompressed, layerLike, MIB, noise, piped } from './support.ts';

const buffers = createBufferPool({ blockBytes: MIB, dictionaryBytes: 0 });

/** Compresses bytes with a compressor, in a buffer with old contents. */
function compressWith({ compress }: BlockCompressor, bytes: Uint8Array): Buffer {
  const buffer = buffers.acquire().fill(0xee);
  buffer.set(bytes);
  const { outputStart } = buffers;
  const length = compress({ buffer, start: 0, end: bytes.length, outputStart, isLast: true });
  expect(Buffer.from(buffer.subarray(0, bytes.length)).equals(bytes)).toBe(true);
  const result = Buffer.from(buffer.subarray(outputStart, outputStart + length));
  buffers.release(buffer);
  return result;
}

const samples = () => [new Uint8Array(0), layerLike(MIB / 2), noise(100_000), noise(MIB)];

describe.each([
  ['Node', openZstd],
  ['WebAssembly', openWasmZstd],
])('zstd in %s', (_, open) => {
  it.each([1, 3, 12, 19])('writes a frame at level %i that every decoder accepts', async (level) => {
    const zstd = await open(level);
    for (const bytes of samples()) {
      const frame = compressWith(zstd, bytes);
      expect(Buffer.from(await decompressed(frame, 'zstd')).equals(bytes)).toBe(true);
      if (isInstalled('zstd')) expect(piped('zstd', ['-dc'], frame).equals(bytes)).toBe(true);
      expect(compressWith(zstd, bytes).equals(frame)).toBe(true);
    }
    zstd.close();
  });
});

it('zstd in WebAssembly copies a frame without an array of numbers', async () => {
  const zstd = await openWasmZstd(3);
  const prototype: object = Object.getPrototypeOf(Uint8Array.prototype);
  const iterator = Object.getOwnPropertyDescriptor(prototype, Symbol.iterator) ?? {};
  let uses = 0;
  const get = (): unknown => {
    uses++;
    return iterator.value;
  };
  Object.defineProperty(prototype, Symbol.iterator, { configurable: true, get });
  try {
    compressWith(zstd, noise(1000));
  } finally {
    Object.defineProperty(prototype, Symbol.iterator, iterator);
  }
  expect(uses).toBe(0);
});

describe('compressors that use the handle of Node', () => {
  it.each([0, 1, 6, 9])('deflate at level %i as the documented function does', (level) => {
    const deflate = openDeflate(level);
    for (const bytes of samples()) {
      const expected = zlib.deflateRawSync(bytes, {
        level,
        chunkSize: buffers.acquire().length - buffers.outputStart,
      });
      expect(compressWith(deflate, bytes).equals(expected)).toBe(true);
    }
  });

  it('write the frames of the documented function, also when used again', async ({ skip }) => {
    if (!('zstdCompressSync' in zlib) || typeof zlib.zstdCompressSync !== 'function') return skip();
    const { zstdCompressSync } = zlib;
    const zstd = await openZstd(3);
    expect(zstd.engine).toBe('node:zlib');
    for (const bytes of [...samples(), ...samples()]) {
      const frame = zstdCompressSync(bytes, { params: { 100: 3, 201: 1 } });
      expect(compressWith(zstd, bytes).equals(frame)).toBe(true);
    }
    zstd.close();
  });

  it('refuse a buffer that is too small', async () => {
    const buffer = new Uint8Array(2000);
    buffer.set(noise(1000));
    const block = { buffer, start: 0, end: 1000, outputStart: 1500, isLast: true };
    expect(() => openDeflate(6).compress(block)).toThrow('larger than its buffer');
    const inPool = openNodePool().run({ kind: 'gzip', level: 6, block });
    await expect(inPool).rejects.toThrow('larger than its buffer');
  });
});
