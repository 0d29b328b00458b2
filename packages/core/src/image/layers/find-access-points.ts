import { openPool, SMALL_YOUNG_GENERATION } from '#core/image/layers/threads.js';
import type { SyncByteSource } from '../../io/byte-source.js';
import { encodedPoints } from './encoded-points.js';
import { type IndexOptions, WORTH_THREADS_BYTES } from './index-layers.js';

/**
 * Finds the access points of a blob, in a thread where that is worth it. Returns them as `encodedPoints` does. Throws its
 * errors, and the reason of the signal.
 */
export async function findAccessPoints(
  source: SyncByteSource,
  compression: 'gzip' | 'zstd',
  { threads, signal }: IndexOptions = {},
): Promise<Uint8Array | null> {
  const reference = source.reference();
  if (threads === 0 || reference === null || source.size < WORTH_THREADS_BYTES)
    return encodedPoints(source, compression);
  const pool = await openPool(1, SMALL_YOUNG_GENERATION, signal);
  try {
    return await pool.points({ do: 'points', source: reference, compression });
  } finally {
    await pool.close();
  }
}
