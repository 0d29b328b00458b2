import { availableThreads, openPool, SMALL_YOUNG_GENERATION } from '#core/image/layers/threads.js';
import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { digestSource } from '../../digest/digest-source.js';
import type { SyncByteSource } from '../../io/byte-source.js';
import { type IndexOptions, WORTH_THREADS_BYTES } from './index-layers.js';

/** A source, and the digests to compute. */
interface DigestTask {
  readonly source: SyncByteSource;
  readonly algorithms: readonly ComputableAlgorithm[];
}

/** Computes the digests of sources, large ones in worker threads, in the order of the tasks. Throws ERR_LAYERS_READ. */
export async function digestSources(
  tasks: readonly DigestTask[],
  { threads = availableThreads(), signal }: IndexOptions = {},
): Promise<readonly (readonly Digest[])[]> {
  const bytes = tasks.reduce((sum, { source }) => sum + source.size, 0);
  if (threads === 0 || bytes < WORTH_THREADS_BYTES)
    return tasks.map(({ source, algorithms }) => digestSource(source, algorithms));
  const pool = await openPool(Math.min(threads, tasks.length), SMALL_YOUNG_GENERATION, signal);
  try {
    return await Promise.all(
      tasks.map(({ source, algorithms }) => {
        const reference = source.reference();
        return reference === null
          ? digestSource(source, algorithms)
          : pool.digests({ do: 'digest', source: reference, algorithms });
      }),
    );
  } finally {
    await pool.close();
  }
}
