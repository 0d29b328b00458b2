import type { Decoder } from './decoder.js';
import { portableDecoder } from './inflater.js';
import type { Compression } from './sniff.js';

/** Creates the decoder of a whole archive. Close it, also after an error. */
export async function openDecoder(compression: Compression, options: StreamOptions = {}): Promise<Decoder> {
  if (compression === 'xz') return (await import('./xz-decoder.js')).xzDecoder();
  if (compression === 'bzip2') return (await import('./bzip2-decoder.js')).bzip2Decoder();
  return portableDecoder(compression, options);
}

interface StreamOptions {
  /** Ignores data after the last member of gzip, as for a layer. Default: false. */
  readonly ignoreTrailing?: boolean;
}

/**
 * Decompresses a whole archive. Reads `source` on demand, at most one chunk ahead. A yielded view (at most 128 KiB) is
 * valid until the next one is requested: copy what you keep. Leaving the loop early closes the decoder and `source`.
 *
 * Throws ERR_LAYERS_GZIP_*, _ZSTD_*, _XZ_* and _BZIP2_* with _CORRUPT, _TRUNCATED or _TRAILING;
 * ERR_LAYERS_ZSTD_WINDOW, ERR_LAYERS_ZSTD_DICTIONARY, ERR_LAYERS_XZ_UNSUPPORTED, ERR_LAYERS_ENGINE_MISSING.
 */
export async function* decompressStream(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  options: StreamOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = await openDecoder(compression, options);
  try {
    for await (const chunk of source) yield* decoder.feed(chunk);
    yield* decoder.finish();
  } finally {
    decoder.close();
  }
}
