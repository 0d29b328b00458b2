import { type FileRange, openRange } from '../io/file-bytes.js';
import type { ComputableAlgorithm, Digest } from './digest.js';
import { createDigester } from './digester.js';

const CHUNK_BYTES = 1024 * 1024;

/** Computes the digests of a range of a file, in the order of `algorithms`. Throws ERR_LAYERS_READ. */
export function digestRange(range: FileRange, algorithms: readonly ComputableAlgorithm[]): Digest[] {
  const digesters = algorithms.map((algorithm) => createDigester(algorithm));
  const source = openRange(range);
  try {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(source.size, 1)));
    for (let at = 0; at < source.size; ) {
      const got = source.read(chunk, at);
      if (got === 0) break;
      for (const digester of digesters) digester.update(chunk.subarray(0, got));
      at += got;
    }
    return digesters.map((digester) => digester.digest());
  } finally {
    source.close();
  }
}
