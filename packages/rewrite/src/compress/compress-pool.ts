import { fileURLToPath } from 'node:url';
import type { CompressedBlock, CompressJob } from './compress-job.js';

/** Threads that compress the blocks of one stream. */
export interface CompressPool {
  /** Compresses a block, whose buffer is gone until the result brings it back. Rejects once the pool is stopped. */
  run(job: CompressJob): Promise<CompressedBlock>;
  /** Leaves the threads, which have nothing to do any more, to the next stream. */
  release(): void;
  /** Stops the threads, whatever they are at. May be called twice. */
  stop(): Promise<void>;
}

interface Pool extends CompressPool {
  readonly threads: number;
  readonly stopped: boolean;
}

/** An image has many layers, one compressed after the other: threads wait so long, in milliseconds, for the next. */
const IDLE_MS = 1000;
const YOUNG_MIB = 2;

/** What the last stream left; its threads end by themselves and keep no process from ending. */
let spare: Pool | undefined;

/** A pool of so many threads that another stream has left, if there is one: it costs nothing to begin with. */
export function takeSparePool(threads: number): CompressPool | undefined {
  if (spare?.threads !== threads || spare.stopped) return undefined;
  const left = spare;
  spare = undefined;
  return left;
}

/** Opens a pool of at most so many threads, which start as there are blocks for them. */
export async function openCompressPool(threads: number): Promise<CompressPool> {
  const { default: Tinypool } = await import('tinypool');
  const tinypool = new Tinypool({
    filename: workerFile(),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    // The next blocks wait in their thread, not in this one, which has a stream to read and another to write.
    concurrentTasksPerWorker: 4,
    // What a thread leaves of each block is small and short-lived; it would gather 16 MiB of that, and hold three times as much.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  let failure: unknown;
  let stopping: Promise<void> | undefined;
  const pool: Pool = {
    threads,
    get stopped() {
      return stopping !== undefined;
    },
    async run(job) {
      if (stopping !== undefined) throw failure ?? new Error('the threads were stopped');
      try {
        return await tinypool.run(job, { transferList: [job.block.buffer.buffer] });
      } catch (error) {
        throw failure ?? error;
      }
    },
    release() {
      if (stopping !== undefined) return;
      void spare?.stop();
      spare = pool;
    },
    stop() {
      stopping ??= tinypool.destroy();
      return stopping;
    },
  };
  // A thread that died without a block: those that wait for it would wait for ever.
  tinypool.on('error', (error: unknown) => {
    failure ??= error;
    void pool.stop();
  });
  return pool;
}

/** The compiled worker; where sources are run directly, as tests do, threads still need what was built from them. */
function workerFile(): string {
  const beside = import.meta.url.endsWith('.ts')
    ? '../../dist/compress/compress-worker.js'
    : './compress-worker.js';
  return fileURLToPath(new URL(beside, import.meta.url));
}
