import { setTimeout as sleep } from 'node:timers/promises';
import { type Scanner, withScanner } from '../scan/scan.js';
import type { ScanOptions } from '../scan/scan-options.js';
import type { FleetSource } from '../scan/sources.js';
import { Batches } from './batches.js';
import { type OpenQueue, QUEUE_NAME, withQueue } from './connection.js';
import { KEPT_FAILURES } from './enqueue.js';
import { fromQueue, type QueuedSource, type RemoteByName } from './queued-source.js';

/** Options of `workFleet`. */
export interface WorkOptions extends Pick<ScanOptions, 'jobs' | 'chunks' | 'cache' | 'signal'> {
  /** Whether to end when the queue is empty and no other worker has a source. Default: work until the signal. */
  readonly untilEmpty?: boolean | undefined;
  /** After how many milliseconds without a sign of life another worker takes the sources of this one. Default: 30,000. */
  readonly lockMs?: number | undefined;
  /** Returns the images that a name of a remote source means. Default: such sources are problems. */
  readonly remoteOf?: RemoteByName | undefined;
}

/** What a worker did. */
export interface WorkResult {
  /** Sources that were read, each time that they were in the queue. */
  readonly sources: number;
  /** Images that this fleet did not have. */
  readonly newImages: number;
  /** Blobs of layers that this fleet did not have. */
  readonly newLayers: number;
  /** What is wrong with the sources that were read. */
  readonly problems: number;
}

const LOCK_MS = 30_000;
const POLL_MS = 250;
/** How often a source is taken over from a worker that died: one that kills every worker is given up. */
const MAX_TAKEOVERS = 5;

/**
 * Scans the sources of a queue into a fleet of its own, as they come. A source leaves the queue when its rows are on the disk: a
 * worker that is killed loses nothing, and `mergeFleets` counts what two workers read once.
 *
 * @param path of the folder, which no other worker may use
 * @param url of a Redis or Valkey, such as redis://host:6379
 * @throws LayersError ERR_LAYERS_USAGE, ERR_LAYERS_QUEUE; what `scanFleet` throws
 */
export function workFleet(path: string, url: string, options: WorkOptions = {}): Promise<WorkResult> {
  return withQueue(url, (queue) =>
    // Threads read: this one must answer the queue in time.
    withScanner(path, { ...options, jobs: Math.max(2, options.jobs ?? 2) }, (scan) =>
      work(queue, scan, options),
    ),
  );
}

type Job = import('bullmq').Job<QueuedSource>;

async function work(
  { library, connection }: OpenQueue,
  scan: Scanner,
  { jobs = 2, signal, untilEmpty = false, lockMs = LOCK_MS, remoteOf }: WorkOptions,
): Promise<WorkResult> {
  const total = { sources: 0, newImages: 0, newLayers: 0, problems: 0 };
  const stop = new AbortController();
  let failure: unknown;
  const batches = new Batches<FleetSource>(async (sources) => {
    try {
      const { newImages, newLayers, problems } = await scan(sources, { isAddition: true });
      total.sources += sources.length;
      total.newImages += newImages;
      total.newLayers += newLayers;
      total.problems += problems;
    } catch (error) {
      // The folder cannot be written, or the worker is to end: other workers may have more luck.
      failure ??= error;
      stop.abort();
      throw error;
    }
  });
  const queue = new library.Queue<QueuedSource>(QUEUE_NAME, { connection });
  const scanJob = async (job: Job, token: string | undefined): Promise<void> => {
    try {
      await batches.add(fromQueue(job.data, remoteOf));
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      // That the worker is to end says nothing against the source.
      await job.moveToWait(token);
      throw new library.WaitingError();
    }
  };
  const worker = new library.Worker<QueuedSource>(QUEUE_NAME, scanJob, {
    connection,
    concurrency: jobs * 2,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: MAX_TAKEOVERS,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: KEPT_FAILURES },
  });
  worker.on('error', () => undefined);
  const onAbort = (): void => stop.abort();
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted === true) stop.abort();
  try {
    while (!stop.signal.aborted && !(untilEmpty && (await isEmpty(queue))))
      await sleep(POLL_MS, undefined, { signal: stop.signal }).catch(() => undefined);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await worker.close();
    await queue.close();
  }
  signal?.throwIfAborted();
  if (failure !== undefined) throw failure;
  return total;
}

async function isEmpty(queue: import('bullmq').Queue<QueuedSource>): Promise<boolean> {
  const counts = await queue.getJobCounts('wait', 'active', 'delayed');
  return Object.values(counts).every((count) => count === 0);
}
