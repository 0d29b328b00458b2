import { gzipSync } from 'node:zlib';
import { errorOfAsync } from '@layers/testing/errors';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { importRootfs } from '../../src/import/import-rootfs.ts';

const PIECE = 1024 * 1024;
/** The most bytes that may be read after the end of the tar. */
const MOST_BYTES = 96 * PIECE;

const tar = buildTar([{ path: 'a', data: Buffer.from('content') }]);

/** Yields the start, then the piece again and again. Throws once more bytes are read than an import may read. */
async function* endless(start: Uint8Array, piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield start;
  for (let bytes = 0; ; bytes += piece.length) {
    if (bytes > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes are read after the tar`);
    yield piece;
  }
}

async function imported(stream: AsyncIterable<Uint8Array>) {
  const { image, report } = await importRootfs({ stream });
  const [layer] = image.layers;
  if (layer?.kind !== 'generated') throw new Error('no layer was planned');
  let bytes = 0;
  for await (const chunk of layer.tar()) bytes += chunk.length;
  return { bytes, codes: report().findings.map(({ code }) => code) };
}

describe('an input without end', () => {
  it.each([
    ['zeros after a tar', tar, Buffer.alloc(PIECE), ['tar-trailing-data']],
    ['text after a tar', tar, Buffer.alloc(PIECE, 'text'), ['tar-trailing-data', 'tar-trailing-data']],
    ['zeros in gzip', gzipSync(tar), gzipSync(Buffer.alloc(PIECE)), ['tar-trailing-data']],
    ['zeros after gzip', gzipSync(tar), Buffer.alloc(PIECE), []],
  ])('ends after %s', async (_, start, piece, codes) => {
    const result = await imported(endless(start, piece));
    expect(result.codes).toEqual(codes);
    expect(result.bytes).toBeLessThan(tar.length + MOST_BYTES);
  });

  it('is refused with text after gzip', async () => {
    const stream = endless(gzipSync(tar), Buffer.alloc(PIECE, 'text'));
    expect((await errorOfAsync(() => imported(stream))).code).toBe('ERR_LAYERS_GZIP_TRAILING');
  });
});
