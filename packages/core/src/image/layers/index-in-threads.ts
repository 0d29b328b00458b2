import { hasNodeZstd } from '#core/compression/node-codec.js';
import { openPool, type Pool, SMALL_YOUNG_GENERATION } from '#core/image/layers/threads.js';
import type { SourceReference } from '../../io/byte-source.js';
import { createHashRing } from './hash-ring.js';
import type { LayerTask } from './index-layer.js';
import type { LayerIndex } from './layer-index.js';

/** A task that another thread can do. */
export interface ThreadTask {
  readonly original: LayerTask;
  readonly task: Omit<LayerTask, 'source' | 'observe'>;
  readonly source: SourceReference;
  /** Bytes of the layer. */
  readonly size: number;
}

/** Returns a task as another thread needs it; nothing where only this thread can read the layer. */
export function forThread(original: LayerTask): ThreadTask[] {
  const { source, observe, ...task } = original;
  const reference = source.reference();
  return reference === null || observe !== undefined
    ? []
    : [{ original, task, source: reference, size: source.size }];
}

/**
 * Indexes layers in worker threads, in this order. A compressed layer that is larger than the share of one core comes first,
 * and is hashed by threads of its own.
 */
export async function indexInThreads(
  layers: readonly ThreadTask[],
  { cores, signal }: { readonly cores: number; readonly signal: AbortSignal },
  onIndex: (task: LayerTask, index: LayerIndex) => void,
): Promise<void> {
  const bytes = layers.reduce((sum, { size }) => sum + size, 0);
  const largest = layers.reduce((a, b) => (b.size > a.size ? b : a));
  const split =
    cores > 1 && largest.task.compression !== null && largest.size > bytes / cores ? largest : null;
  const threads = Math.min(cores, layers.length) + (split === null ? 0 : 1);
  const usesScriptZstd = layers.some(({ task }) => task.compression === 'zstd') && !hasNodeZstd();
  const pool = await openPool(threads, usesScriptZstd ? {} : SMALL_YOUNG_GENERATION, signal);
  try {
    await Promise.all(
      layers.map(async (layer) => {
        const { original, task, source } = layer;
        const index =
          layer === split ? indexSplit(pool, layer) : pool.index({ do: 'index', task, source, ring: null });
        onIndex(original, await index);
      }),
    );
  } finally {
    await pool.close();
  }
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
