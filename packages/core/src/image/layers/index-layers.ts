import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import { hasNodeZstd } from '../../compression/node-codec.js';
import type { Digest } from '../../digest/digest.js';
import { createHashRing } from './hash-ring.js';
import { indexLayer, isReadThrough, type LayerTask } from './index-layer.js';
import type { LayerIndex } from './layer-index.js';
import type { LayerJob } from './layer-job.js';
import { layerWorkerFile } from './worker-file.js';

export interface IndexOptions {
  /** The most layers to read at once, each in a thread; 0 reads everything in this one. Default: one a core. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What starting threads costs pays off above this many bytes to be read through. */
export const WORTH_THREADS_BYTES = 4 * 1024 * 1024;

/**
 * Indexes layers, each once: those that must be read through in worker threads, the largest first, so that the
 * last one to finish is a small one; those whose headers are walked here. A compressed layer that is more than its
 * share of the whole is hashed by threads of its own. Results stand in the order of the tasks.
 */
export async function indexLayers(
  tasks: readonly LayerTask[],
  options: IndexOptions = {},
): Promise<LayerIndex[]> {
  const heavy = tasks.filter(isReadThrough);
  const bytes = heavy.reduce((sum, task) => sum + task.range.length, 0);
  const cores = options.threads ?? availableParallelism();
  if (cores === 0 || heavy.length === 0 || bytes < WORTH_THREADS_BYTES) {
    return tasks.map((task) => indexLayer(task));
  }
  const largest = heavy.reduce((a, b) => (b.range.length > a.range.length ? b : a));
  const split =
    cores > 1 && largest.compression !== null && largest.range.length > bytes / cores ? largest : null;
  const threads = Math.min(cores, heavy.length) + (split === null ? 0 : 1);
  const inScript = heavy.some(({ compression }) => compression === 'zstd') && !hasNodeZstd();
  const pool = await openPool(threads, inScript ? {} : LITTLE_GARBAGE, options.signal);
  try {
    const results = new Map<LayerTask, Promise<LayerIndex>>();
    if (split !== null) results.set(split, indexSplit(pool, split));
    for (const task of [...heavy].sort((a, b) => b.range.length - a.range.length)) {
      if (task !== split) results.set(task, pool.index({ do: 'index', task, ring: null }));
    }
    // Promises from here on, so that a failure here leaves none of those above without a listener.
    return await Promise.all(tasks.map((task) => results.get(task) ?? indexLayerHere(task)));
  } finally {
    await pool.close();
  }
}

async function indexLayerHere(task: LayerTask): Promise<LayerIndex> {
  return indexLayer(task);
}

/** Reads one layer with three threads: one inflates, one hashes what comes out, one what goes in. */
async function indexSplit(pool: Pool, task: LayerTask): Promise<LayerIndex> {
  const ring = createHashRing();
  const [index, diffIds, digests] = await Promise.all([
    pool.index({ do: 'index', task: { ...task, storedDigests: [], tarDigests: [] }, ring }),
    pool.digests({ do: 'hash', ring, algorithms: task.tarDigests }),
    pool.digests({ do: 'digest', range: task.range, algorithms: task.storedDigests }),
  ]);
  return { ...index, digests, diffIds: index.inflated ? diffIds : [] };
}

interface Pool {
  index(job: LayerJob & { do: 'index' }): Promise<LayerIndex>;
  digests(job: LayerJob & { do: 'hash' | 'digest' }): Promise<Digest[]>;
  close(): Promise<void>;
}

/**
 * What a thread leaves behind is small and short-lived; it would gather 16 MiB of it, and hold three times as much.
 * Not so where zstd is decoded in JavaScript, whose blocks would all be taken for what lasts.
 */
const LITTLE_GARBAGE: ResourceLimits = { maxYoungGenerationSizeMb: 4 };

async function openPool(
  threads: number,
  resourceLimits: ResourceLimits,
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
