import { fileURLToPath } from 'node:url';
import type { CompressedBlock, CompressJob } from './compress-job.js';

/** Worker threads that compress the blocks of one stream. */
export interface CompressPool {
  /**
   * Compresses a block. Its buffer is transferred to a thread, and comes back with the result. Rejects if the pool is
   * stopped.
   */
  run(job: CompressJob): Promise<CompressedBlock>;
  /** Leaves the threads, which must have finished all blocks, to the next stream. */
  release(): void;
  /** Stops the threads, even while they compress. May be called twice. */
  stop(): Promise<void>;
}

interface IdlePool extends CompressPool {
  readonly threads: number;
  readonly isStopped: boolean;
}

/** An image has many layers, which are compressed one after the other: idle threads wait for the next one. */
const IDLE_MS = 1000;
const YOUNG_MIB = 2;

/** The pool of the last stream. Its threads end after `IDLE_MS`, and do not keep the process running. */
let idle: IdlePool | undefined;

/** Returns the idle pool if it has this many threads. Using it costs nothing, unlike starting threads. */
export function takeIdlePool(threads: number): CompressPool | undefined {
  if (idle?.threads !== threads || idle.isStopped) return undefined;
  const pool = idle;
  idle = undefined;
  return pool;
}

/** Opens a pool. Threads, at most `threads`, start when there are blocks for them. */
export async function openCompressPool(threads: number): Promise<CompressPool> {
  const { default: Tinypool } = await import('tinypool');
  const tinypool = new Tinypool({
    filename: workerFile(),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    // A thread has its next blocks already, and need not wait until the calling thread, which reads and writes, has time.
    concurrentTasksPerWorker: 4,
    // Each block leaves little garbage. With the default of 16 MiB, a thread would use three times as much memory.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  let failure: unknown;
  let stopping: Promise<void> | undefined;
  const pool: IdlePool = {
    threads,
    get isStopped() {
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
      void idle?.stop();
      idle = pool;
    },
    stop() {
      stopping ??= tinypool.destroy();
      return stopping;
    },
  };
  // A thread that dies while it has no block would leave the waiting blocks unfinished for ever.
  tinypool.on('error', (error: unknown) => {
    failure ??= error;
    void pool.stop();
  });
  return pool;
}

/** Returns the path of the compiled worker. Tests run the sources, but worker threads need JavaScript. */
function workerFile(): string {
  const relative = import.meta.url.endsWith('.ts')
    ? '../../dist/compress/compress-worker.js'
    : './compress-worker.js';
  return fileURLToPath(new URL(relative, import.meta.url));
}
