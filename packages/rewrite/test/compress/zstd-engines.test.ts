import { describe, expect, it } from 'vitest';
import { openWasm, openZstd } from '../../src/compress/zstd-block.ts';
import { decompressed, layerLike, MIB, noise, piped } from './support.ts';

describe.each([
  ['this Node', openZstd],
  ['WebAssembly', openWasm],
])('zstd of %s', (_, open) => {
  it.each([1, 3, 12, 19])('gives a frame at level %i that every decoder takes', async (level) => {
    const zstd = await open();
    for (const bytes of [new Uint8Array(0), layerLike(MIB / 2), noise(100_000)]) {
      const frame = zstd.compress(bytes, level);
      expect(Buffer.from(await decompressed(frame, 'zstd')).equals(bytes)).toBe(true);
      expect(piped('zstd', ['-dc'], frame)?.equals(bytes) ?? true).toBe(true);
      expect(Buffer.from(zstd.compress(bytes, level)).equals(frame)).toBe(true);
    }
  });

  it('gives a buffer that holds nothing else', async () => {
    const frame = (await open()).compress(new Uint8Array(1000), 3);
    expect(frame.buffer.byteLength).toBe(frame.length);
  });
});
