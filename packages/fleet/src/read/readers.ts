import { fileURLToPath } from 'node:url';
import type { ImageReading } from './image-facts.js';
import { ImageReader, type ReadJob } from './read-job.js';

/** Reads images, several at once. */
export interface Readers {
  read(job: ReadJob): Promise<ImageReading>;
  close(): Promise<void>;
}

/** @param jobs how many images are read at once; one is read by this thread */
export async function openReaders(jobs: number, signal: AbortSignal | undefined): Promise<Readers> {
  if (jobs <= 1) {
    const reader = new ImageReader();
    let before: Promise<unknown> = Promise.resolve();
    return {
      read(job) {
        const result = before.then(() => reader.read(job, signal));
        before = result.catch(() => undefined);
        return result;
      },
      close: async () => void (await before),
    };
  }
  const { default: Tinypool } = await import('tinypool');
  const pool = new Tinypool({ filename: workerFile(), minThreads: jobs, maxThreads: jobs });
  const options = signal === undefined ? {} : { signal };
  return { read: (job) => pool.run(job, options), close: () => pool.destroy() };
}

/** Returns the path of the compiled worker. Tests run the sources directly, but threads need the built file. */
function workerFile(): string {
  const path = import.meta.url.endsWith('.ts') ? '../../dist/read/read-worker.js' : './read-worker.js';
  return fileURLToPath(new URL(path, import.meta.url));
}
