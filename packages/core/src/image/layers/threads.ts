import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Digest } from '../../digest/digest.js';
import type { LayerIndex } from './layer-index.js';
import type { LayerJob } from './layer-job.js';
import { layerWorkerFile } from './worker-file.js';

/** Returns how many threads work at once: one for each core. */
export function availableThreads(): number {
  return availableParallelism();
}

export interface Pool {
  index(job: LayerJob & { do: 'index' }): Promise<LayerIndex>;
  digests(job: LayerJob & { do: 'hash' | 'digest' }): Promise<Digest[]>;
  points(job: LayerJob & { do: 'points' }): Promise<Uint8Array | null>;
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
  // Each waiting job listens, and Node warns of more than ten.
  if (signal !== undefined) setMaxListeners(0, signal);
  const options = signal === undefined ? {} : { signal };
  return {
    index: (job) => pool.run(job, options),
    digests: (job) => pool.run(job, options),
    points: (job) => pool.run(job, options),
    close: () => pool.destroy(),
  };
}
