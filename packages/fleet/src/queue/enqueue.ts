import { createHash } from 'node:crypto';
import type { FleetSource } from '../scan/sources.js';
import { QUEUE_NAME, withQueue } from './connection.js';
import { type QueuedSource, toQueue } from './queued-source.js';

/** How often a worker may fail at a source before the job is given up. */
const ATTEMPTS = 3;
/** Jobs that are sent at once. */
const BULK = 500;

/** How many jobs that were given up stay in the queue, for its owner to look at. */
export const KEPT_FAILURES = 1000;

/**
 * Adds archives and layouts to a queue, for workers to scan. A source that waits already is not added again; one that a worker
 * reads at that moment is read again afterwards. Of remote images, the queue has the names alone.
 *
 * @param url of a Redis or Valkey, such as redis://host:6379
 * @returns the number of sources that wait, or are read
 * @throws LayersError ERR_LAYERS_USAGE, ERR_LAYERS_QUEUE, ERR_LAYERS_ENGINE_MISSING
 */
export function enqueueFleet(url: string, sources: readonly FleetSource[]): Promise<number> {
  return withQueue(url, async ({ library, connection }) => {
    const queue = new library.Queue<QueuedSource>(QUEUE_NAME, { connection });
    try {
      for (let start = 0; start < sources.length; start += BULK) {
        await queue.addBulk(
          sources.slice(start, start + BULK).map((source) => ({
            name: 'scan',
            data: toQueue(source),
            opts: {
              attempts: ATTEMPTS,
              backoff: { type: 'exponential', delay: 2000 },
              deduplication: { id: idOf(source), keepLastIfActive: true },
              removeOnComplete: true,
              removeOnFail: KEPT_FAILURES,
            },
          })),
        );
      }
      const counts = await queue.getJobCounts('wait', 'active', 'delayed');
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    } finally {
      await queue.close();
    }
  });
}

/** Names can contain characters that keys of BullMQ must not. */
function idOf({ name }: FleetSource): string {
  return createHash('sha256').update(name).digest('hex');
}
