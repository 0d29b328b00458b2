import type { SyncByteSource } from '../io/byte-source.js';
import type { ComputableAlgorithm, Digest } from './digest.js';
import { createDigester } from './digester.js';

const CHUNK_BYTES = 1024 * 1024;

/** Computes the digests of a source, in the order of `algorithms`. Throws ERR_LAYERS_READ. */
export function digestSource(
  source: Pick<SyncByteSource, 'open'>,
  algorithms: readonly ComputableAlgorithm[],
): Digest[] {
  const digesters = algorithms.map((algorithm) => createDigester(algorithm));
  const open = source.open();
  try {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(open.size, 1)));
    for (let at = 0; at < open.size; ) {
      const got = open.read(chunk, at);
      if (got === 0) break;
      for (const digester of digesters) digester.update(chunk.subarray(0, got));
      at += got;
    }
    return digesters.map((digester) => digester.digest());
  } finally {
    open.close();
  }
}
