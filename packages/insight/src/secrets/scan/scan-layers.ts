import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { LayerOptions } from '@layers/core/api';
import { layerTars, type ReadImage, type ReadLayer, WORTH_THREADS_BYTES } from '@layers/core/image';
import type { RuleFile } from '../custom/rule-file.js';
import { compiled, runScan, type ScanJob } from './scan-job.js';
import { type LayerSecrets, scanLayer } from './scan-layer.js';

/**
 * Scans the layers of an image, each blob once, however many positions it has: in worker threads, the largest first.
 * Returns the secrets of each position; null for a layer whose bytes the archive lacks.
 *
 * @throws LayersError ERR_LAYERS_READ, ERR_LAYERS_INPUT_CHANGED; ERR_LAYERS_NEEDS_FILE for layers from a stream
 */
export async function scanLayers(
  image: ReadImage,
  rules: RuleFile | null,
  options: LayerOptions,
): Promise<(LayerSecrets | null)[]> {
  const blobs = new Map<string, ReadLayer>();
  for (const layer of image.layers) blobs.set(layer.description.name, layer);
  const scans = new Map<string, Promise<LayerSecrets | null>>();
  const progress = new BigInt64Array(new SharedArrayBuffer(8));
  const jobs = [...blobs].flatMap(([name, layer]) => {
    const job = jobOf(layer, rules, progress);
    return job === null ? [] : [{ name, ...job }];
  });
  jobs.sort((a, b) => b.bytes - a.bytes);
  const totalBytes = jobs.reduce((sum, { bytes }) => sum + bytes, 0);
  const stop = watchProgress(options, progress, totalBytes);
  const runner = await openRunner(jobs.length, totalBytes, options);
  try {
    for (const { name, job } of jobs) scans.set(name, runner.run(job));
    // In memory, or in an archive that is compressed as a whole, which is read once for all of them.
    const here = [...blobs.values()].filter(
      ({ bytes, description }) =>
        !scans.has(description.name) && (bytes !== null || description.data !== null),
    );
    for await (const { layer, tar } of layerTars(image, here)) {
      options.signal?.throwIfAborted();
      scans.set(layer.description.name, Promise.resolve(await scanLayer(tar, compiled(rules))));
    }
    await Promise.all(scans.values());
    image.archive.checkUnchanged();
    return await Promise.all(image.layers.map(({ description }) => scans.get(description.name) ?? null));
  } catch (error) {
    await Promise.allSettled(scans.values());
    // Anything may be wrong in an archive that changes.
    image.archive.checkUnchanged();
    throw error;
  } finally {
    stop();
    await runner.close();
  }
}

/** Returns the job of a layer, and the bytes to read; null for a layer that only this thread can read. */
function jobOf(
  { bytes, index, description }: ReadLayer,
  rules: RuleFile | null,
  progress: BigInt64Array,
): { readonly job: ScanJob; readonly bytes: number } | null {
  if (bytes?.from !== 'source' || description.data !== null) return null;
  const source = bytes.source.reference();
  if (source === null) return null;
  const compression = index?.compression ?? null;
  return { job: { source, compression, rules, progress }, bytes: bytes.source.size };
}

interface Runner {
  run(job: ScanJob): Promise<LayerSecrets>;
  close(): Promise<void>;
}

async function openRunner(count: number, bytes: number, options: LayerOptions): Promise<Runner> {
  const threads = Math.min(options.threads ?? availableParallelism(), count);
  const { signal } = options;
  if (threads === 0 || bytes < WORTH_THREADS_BYTES) {
    let before: Promise<unknown> = Promise.resolve();
    const next = (job: ScanJob): Promise<LayerSecrets> => {
      signal?.throwIfAborted();
      return runScan(job);
    };
    return {
      run(job) {
        const result = before.then(() => next(job));
        before = result.catch(() => undefined);
        return result;
      },
      close: async () => undefined,
    };
  }
  const { default: Tinypool } = await import('tinypool');
  const pool = new Tinypool({ filename: workerFile(), minThreads: threads, maxThreads: threads });
  const runOptions = signal === undefined ? {} : { signal };
  return { run: (job) => pool.run(job, runOptions), close: () => pool.destroy() };
}

/** Returns the path of the compiled worker. Tests run the sources directly, but threads need the built file. */
function workerFile(): string {
  const path = import.meta.url.endsWith('.ts')
    ? '../../../dist/secrets/scan/scan-worker.js'
    : './scan-worker.js';
  return fileURLToPath(new URL(path, import.meta.url));
}

const PROGRESS_MS = 100;

/** Reports progress at intervals, from the counter that the threads share. Returns a function that ends it. */
function watchProgress({ onProgress }: LayerOptions, counter: BigInt64Array, totalBytes: number): () => void {
  if (onProgress === undefined) return () => undefined;
  const timer = setInterval(() => {
    onProgress({ doneBytes: Math.min(Number(Atomics.load(counter, 0)), totalBytes), totalBytes });
  }, PROGRESS_MS);
  timer.unref();
  return () => clearInterval(timer);
}
