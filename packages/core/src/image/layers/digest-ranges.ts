import { availableParallelism } from 'node:os';
import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { digestRange } from '../../digest/digest-range.js';
import type { FileRange } from '../../io/file-bytes.js';
import { type IndexOptions, openPool, SMALL_YOUNG_GENERATION, WORTH_THREADS_BYTES } from './index-layers.js';

/** A range of a file, and the digests to compute. */
interface DigestTask {
  readonly range: FileRange;
  readonly algorithms: readonly ComputableAlgorithm[];
}

/** Computes the digests of ranges of files, large ones in worker threads, in the order of the tasks. Throws ERR_LAYERS_READ. */
export async function digestRanges(
  tasks: readonly DigestTask[],
  { threads = availableParallelism(), signal }: IndexOptions = {},
): Promise<readonly (readonly Digest[])[]> {
  const bytes = tasks.reduce((sum, { range }) => sum + range.length, 0);
  if (threads === 0 || bytes < WORTH_THREADS_BYTES)
    return tasks.map(({ range, algorithms }) => digestRange(range, algorithms));
  const pool = await openPool(Math.min(threads, tasks.length), SMALL_YOUNG_GENERATION, signal);
  try {
    return await Promise.all(
      tasks.map(({ range, algorithms }) => pool.digests({ do: 'digest', range, algorithms })),
    );
  } finally {
    await pool.close();
  }
}
