import { availableThreads } from '#core/image/layers/threads.js';
import { canIndexInPool, indexLayerInPool } from './index-in-pool.js';
import { forThread, indexInThreads } from './index-in-threads.js';
import { indexLayerWithPauses, isReadThrough, type LayerTask } from './index-layer.js';
import type { LayerIndex } from './layer-index.js';

/** The least bytes to read for which starting threads is worth its cost. */
export const WORTH_THREADS_BYTES = 4 * 1024 * 1024;

export interface IndexOptions {
  /** The most layers to read at once; 0 reads all in this thread. Default: one for each core. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Indexes layers. Reads compressed layers in this thread while Node's thread pool decompresses them, or in worker threads;
 * walks headers in this thread. The largest is read first, so that the last one to finish is small. Returns the indexes in
 * the order of the tasks. Throws ERR_LAYERS_READ and ERR_LAYERS_LIMIT.
 *
 * @param onIndex called with each index when it is made, in any order. With it, the first tasks are done first: what comes
 *   early counts more than the time for all
 */
export async function indexLayers(
  tasks: readonly LayerTask[],
  options: IndexOptions = {},
  onIndex?: (task: LayerTask, index: LayerIndex) => void,
): Promise<LayerIndex[]> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const indexes = new Map<LayerTask, LayerIndex>();
  const keep = (task: LayerTask, index: LayerIndex): void => {
    indexes.set(task, index);
    onIndex?.(task, index);
  };
  const { cores, pooled, threaded, others } = distribute(tasks, options, onIndex === undefined);
  const work = [
    ...(threaded.length === 0 ? [] : [indexInThreads(threaded, { cores, signal }, keep)]),
    ...workers(pooled, Math.min(cores, POOL_THREADS), async (task) =>
      keep(task, await indexLayerInPool(task, signal)),
    ),
    ...workers(others, 1, async (task) => keep(task, await indexLayerWithPauses(task, signal))),
  ];
  try {
    await Promise.all(work);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(work);
    throw error;
  }
  return tasks.flatMap((task) => indexes.get(task) ?? []);
}

/** Where layers are read. */
interface Distribution {
  readonly cores: number;
  readonly pooled: readonly LayerTask[];
  readonly threaded: ReturnType<typeof forThread>;
  readonly others: readonly LayerTask[];
}

function distribute(tasks: readonly LayerTask[], options: IndexOptions, largestFirst: boolean): Distribution {
  const cores = options.threads ?? availableThreads();
  if (cores === 0) return { cores, pooled: [], threaded: [], others: tasks };
  const toRead = tasks.filter(isReadThrough);
  if (largestFirst) toRead.sort((a, b) => b.source.size - a.source.size);
  const forThreads = isForThreads(toRead, cores);
  const pooled = toRead.filter((task) => canIndexInPool(task) && (!forThreads || task.observe !== undefined));
  const found = toRead.filter((task) => !pooled.includes(task)).flatMap(forThread);
  const bytes = found.reduce((sum, { size }) => sum + size, 0);
  const threaded = bytes < WORTH_THREADS_BYTES ? [] : found;
  const elsewhere = new Set([...pooled, ...threaded.map(({ original }) => original)]);
  return { cores, pooled, threaded, others: tasks.filter((task) => !elsewhere.has(task)) };
}

/** The threads of Node's pool, unless the user sets another number. */
const POOL_THREADS = 4;

/** Many large layers on many cores: this thread would hash them more slowly than the others decompress them. */
const MANY_BYTES = 64 * 1024 * 1024;

/** Returns whether worker threads that read whole layers are faster than the thread pool. */
function isForThreads(toRead: readonly LayerTask[], cores: number): boolean {
  const sizes = toRead.map(({ source }) => source.size);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return cores > 2 && bytes > MANY_BYTES && sizes.every((size) => size < bytes / 2);
}

/** Starts functions that do the tasks in turn, so many at once. */
function workers(
  tasks: readonly LayerTask[],
  count: number,
  work: (task: LayerTask) => Promise<void>,
): Promise<void>[] {
  const queue = tasks.values();
  return Array.from({ length: Math.min(count, tasks.length) }, async () => {
    for (const task of queue) await work(task);
  });
}
