import { hasNodeZstd } from '#core/compression/node-codec.js';
import { availableThreads, openPool, type Pool, SMALL_YOUNG_GENERATION } from '#core/image/layers/threads.js';
import type { SourceReference, SyncByteSource } from '../../io/byte-source.js';
import { encodedPoints } from './encoded-points.js';
import { createHashRing } from './hash-ring.js';
import { indexLayerWithPauses, isReadThrough, type LayerTask } from './index-layer.js';
import type { LayerIndex } from './layer-index.js';

export interface IndexOptions {
  /** The most layers to read at once, each in a thread; 0 reads all in this thread. Default: one for each core. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The least bytes to read for which starting threads is worth its cost. */
export const WORTH_THREADS_BYTES = 4 * 1024 * 1024;

/**
 * Indexes layers. Reads layers in worker threads, the largest first, so that the last one to finish is small; walks
 * headers in this thread. A compressed layer that is larger than the share of one core is hashed by threads of its
 * own. Returns the indexes in the order of the tasks. Throws ERR_LAYERS_READ and ERR_LAYERS_LIMIT.
 *
 * @param onIndex called with each index when it is made, in any order. With it, the first tasks are done first: what comes
 *   early counts more than the time for all
 */
export async function indexLayers(
  tasks: readonly LayerTask[],
  options: IndexOptions = {},
  onIndex?: (task: LayerTask, index: LayerIndex) => void,
): Promise<LayerIndex[]> {
  const here = async (task: LayerTask): Promise<LayerIndex> => {
    const index = await indexLayerWithPauses(task, options.signal);
    onIndex?.(task, index);
    return index;
  };
  const toRead = tasks.filter(isReadThrough).flatMap(forThread);
  const bytes = toRead.reduce((sum, { size }) => sum + size, 0);
  const cores = options.threads ?? availableThreads();
  if (cores === 0 || toRead.length === 0 || bytes < WORTH_THREADS_BYTES) {
    const indexes: LayerIndex[] = [];
    for (const task of tasks) indexes.push(await here(task));
    return indexes;
  }
  const largest = toRead.reduce((a, b) => (b.size > a.size ? b : a));
  const split =
    cores > 1 && largest.task.compression !== null && largest.size > bytes / cores ? largest : null;
  const threads = Math.min(cores, toRead.length) + (split === null ? 0 : 1);
  const usesScriptZstd = toRead.some(({ task }) => task.compression === 'zstd') && !hasNodeZstd();
  const pool = await openPool(threads, usesScriptZstd ? {} : SMALL_YOUNG_GENERATION, options.signal);
  try {
    const results = new Map<LayerTask, Promise<LayerIndex>>();
    const there = async (task: LayerTask, result: Promise<LayerIndex>): Promise<LayerIndex> => {
      const index = await result;
      onIndex?.(task, index);
      return index;
    };
    const inOrder =
      onIndex === undefined
        ? [...toRead].sort((a, b) => Number(b === split) - Number(a === split) || b.size - a.size)
        : toRead;
    for (const layer of inOrder) {
      const { original, task, source } = layer;
      const result =
        layer === split ? indexSplit(pool, layer) : pool.index({ do: 'index', task, source, ring: null });
      results.set(original, there(original, result));
    }
    return await Promise.all(tasks.map((task) => results.get(task) ?? here(task)));
  } finally {
    await pool.close();
  }
}

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

/** A task that another thread can do. */
interface ThreadTask {
  readonly original: LayerTask;
  readonly task: Omit<LayerTask, 'source'>;
  readonly source: SourceReference;
  /** Bytes of the layer. */
  readonly size: number;
}

/** Returns a task as another thread needs it; nothing where only this thread can read the layer. */
function forThread(original: LayerTask): ThreadTask[] {
  const { source, ...task } = original;
  const reference = source.reference();
  return reference === null ? [] : [{ original, task, source: reference, size: source.size }];
}

/** Reads one layer with three threads: one decompresses, one hashes the tar, one hashes the blob. */
async function indexSplit(pool: Pool, { task, source }: ThreadTask): Promise<LayerIndex> {
  const ring = createHashRing();
  const [index, diffIds, digests] = await Promise.all([
    pool.index({ do: 'index', task: { ...task, storedDigests: [], tarDigests: [] }, source, ring }),
    pool.digests({ do: 'hash', ring, algorithms: task.tarDigests }),
    pool.digests({ do: 'digest', source, algorithms: task.storedDigests }),
  ]);
  return { ...index, digests, diffIds: index.inflated ? diffIds : [] };
}
