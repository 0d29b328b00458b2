import { randomBytes } from 'node:crypto';
import { compressBound, openZstd } from '@layers/rewrite/compress';
import { expect, test } from 'vitest';
import { loadSampler, SAMPLE_EVERY_BYTES, SAMPLE_PIECE_BYTES } from '../../src/read/zstd-sample.ts';

test('the first piece of every 16 MiB is compressed, in whatever chunks it comes', async () => {
  // Random bytes at the end of each piece, and after it, which must not count.
  const bytes = Buffer.alloc(2 * SAMPLE_EVERY_BYTES + 1000, 'layer');
  for (const piece of [0, 1, 2]) {
    const start = piece * SAMPLE_EVERY_BYTES;
    randomBytes(500).copy(bytes, start + 100);
    if (piece < 2) randomBytes(5000).copy(bytes, start + SAMPLE_PIECE_BYTES);
  }
  const zstd = await openZstd(3);
  const pieces = [0, 1, 2].map((piece) =>
    bytes.subarray(piece * SAMPLE_EVERY_BYTES, piece * SAMPLE_EVERY_BYTES + SAMPLE_PIECE_BYTES),
  );
  const compressed = pieces.map((piece) => {
    const buffer = new Uint8Array(piece.length + compressBound(piece.length));
    buffer.set(piece);
    return zstd.compress({ buffer, start: 0, end: piece.length, outputStart: piece.length, isLast: true });
  });
  for (const chunkBytes of [bytes.length, 3_000_001, 65_537]) {
    const sampler = (await loadSampler())();
    for (let at = 0; at < bytes.length; at += chunkBytes) sampler.write(bytes.subarray(at, at + chunkBytes));
    expect(sampler.end()).toEqual({
      bytes: 2 * SAMPLE_PIECE_BYTES + 1000,
      zstdBytes: compressed.reduce((sum, size) => sum + size, 0),
    });
  }
});
