import { availableParallelism } from 'node:os';
import { hasNodeZstd } from '../../compression/node-codec.js';
import type { Digest } from '../../digest/digest.js';
import { createHashRing } from './hash-ring.js';
import { indexLayerWithPauses, isReadThrough, type LayerTask } from './index-layer.js';
import type { LayerIndex } from './layer-index.js';
import type { LayerJob } from './layer-job.js';
import { layerWorkerFile } from './worker-file.js';

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
 */
export async function indexLayers(
  tasks: readonly LayerTask[],
  options: IndexOptions = {},
): Promise<LayerIndex[]> {
  const toRead = tasks.filter(isReadThrough);
  const bytes = toRead.reduce((sum, task) => sum + task.range.length, 0);
  const cores = options.threads ?? availableParallelism();
  if (cores === 0 || toRead.length === 0 || bytes < WORTH_THREADS_BYTES) {
    const indexes: LayerIndex[] = [];
    for (const task of tasks) indexes.push(await indexLayerWithPauses(task, options.signal));
    return indexes;
  }
  const largest = toRead.reduce((a, b) => (b.range.length > a.range.length ? b : a));
  const split =
    cores > 1 && largest.compression !== null && largest.range.length > bytes / cores ? largest : null;
  const threads = Math.min(cores, toRead.length) + (split === null ? 0 : 1);
  const usesScriptZstd = toRead.some(({ compression }) => compression === 'zstd') && !hasNodeZstd();
  const pool = await openPool(threads, usesScriptZstd ? {} : SMALL_YOUNG_GENERATION, options.signal);
  try {
    const results = new Map<LayerTask, Promise<LayerIndex>>();
    if (split !== null) results.set(split, indexSplit(pool, split));
    for (const task of [...toRead].sort((a, b) => b.range.length - a.range.length)) {
      if (task !== split) results.set(task, pool.index({ do: 'index', task, ring: null }));
    }
    return await Promise.all(
      tasks.map((task) => results.get(task) ?? indexLayerWithPauses(task, options.signal)),
    );
  } finally {
    await pool.close();
  }
}

/** Reads one layer with three threads: one decompresses, one hashes the tar, one hashes the blob. */
async function indexSplit(pool: Pool, task: LayerTask): Promise<LayerIndex> {
  const ring = createHashRing();
  const [index, diffIds, digests] = await Promise.all([
    pool.index({ do: 'index', task: { ...task, storedDigests: [], tarDigests: [] }, ring }),
    pool.digests({ do: 'hash', ring, algorithms: task.tarDigests }),
    pool.digests({ do: 'digest', range: task.range, algorithms: task.storedDigests }),
  ]);
  return { ...index, digests, diffIds: index.inflated ? diffIds : [] };
}

export interface Pool {
  index(job: LayerJob & { do: 'index' }): Promise<LayerIndex>;
  digests(job: LayerJob & { do: 'hash' | 'digest' }): Promise<Digest[]>;
  close(): Promise<void>;
}

/** The limits of a thread that Node lets a program set. Declared here, so that users of the package need no types of Node. */
export interface ThreadLimits {
  readonly maxYoungGenerationSizeMb?: number;
}

/**
 * A thread's garbage is small and short-lived; by default V8 collects 16 MiB of it and reserves three times as much.
 * Not for zstd in JavaScript, whose blocks would all be promoted to the old generation.
 */
export const SMALL_YOUNG_GENERATION: ThreadLimits = { maxYoungGenerationSizeMb: 4 };

/** Starts threads that run the jobs of layers. The caller closes the pool. */
export async function openPool(
  threads: number,
  resourceLimits: ThreadLimits,
  signal: AbortSignal | undefined,
): Promise<Pool> {
  const { default: Tinypool } = await import('tinypool');
  const pool = new Tinypool({
    filename: layerWorkerFile(),
    minThreads: threads,
    maxThreads: threads,
    resourceLimits,
  });
  const options = signal === undefined ? {} : { signal };
  return {
    index: (job) => pool.run(job, options),
    digests: (job) => pool.run(job, options),
    close: () => pool.destroy(),
  };
}
