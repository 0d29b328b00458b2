import type { CompressOptions } from '../compress/compress-stream.js';
import type { LayerCompression } from '../image/new-image.js';

/**
 * Compresses a layer's tar. Chunks are views that hold until the next step. The compressor is loaded at the first call,
 * so that writing uncompressed layers does not load it. Throws what `compressStream` throws.
 */
export async function* compressTar(
  tar: AsyncIterable<Uint8Array>,
  compression: LayerCompression,
  options: Pick<CompressOptions, 'threads' | 'signal'> = {},
): AsyncGenerator<Uint8Array> {
  const { compressStream } = await import('../compress/compress-stream.js');
  yield* compressStream(tar, { ...compression, ...options });
}
