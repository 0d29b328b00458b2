import { createHash } from 'node:crypto';
import { bestRate } from './best-rate.js';
import type { Limit } from './stage.js';

/** Larger than the caches next to a core. */
const COPY_BYTES = 32 * 1024 * 1024;
const SLICE_BYTES = 4 * 1024 * 1024;
const HASH_BYTES = 4 * 1024 * 1024;
/** Fits in the cache of one core. */
const PIECE_BYTES = 128 * 1024;

/** Measures copying memory with one core. */
export function memoryCopyLimit(maxSeconds: number): Limit {
  const from = new Uint8Array(COPY_BYTES).fill(1);
  const to = new Uint8Array(COPY_BYTES).fill(2);
  let at = 0;
  const bytesPerSecond = bestRate(() => {
    to.set(from.subarray(at, at + SLICE_BYTES), at);
    at = (at + SLICE_BYTES) % COPY_BYTES;
    return SLICE_BYTES;
  }, maxSeconds);
  return { name: 'memory-copy', bytesPerSecond };
}

/** Measures SHA-256 of bytes in the cache of one core. */
export function sha256Limit(maxSeconds: number): Limit {
  const piece = new Uint8Array(PIECE_BYTES).fill(1);
  const bytesPerSecond = bestRate(() => {
    const hash = createHash('sha256');
    for (let done = 0; done < HASH_BYTES; done += PIECE_BYTES) hash.update(piece);
    hash.digest();
    return HASH_BYTES;
  }, maxSeconds);
  return { name: 'sha256-in-memory', bytesPerSecond };
}
