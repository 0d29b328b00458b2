import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { LayersError } from '@layers/errors';
import type { FleetSource } from '../scan/sources.js';
import { QUEUE_NAME, withQueue } from './connection.js';

/** How often a worker may fail at a source before the job is given up. */
const ATTEMPTS = 3;
/** Jobs that are sent at once. */
const BULK = 500;

/** How many jobs that were given up stay in the queue, for its owner to look at. */
export const KEPT_FAILURES = 1000;

/**
 * Adds archives and layouts to a queue, for workers to scan. A source that waits already is not added again; one that a worker
 * reads at that moment is read again afterwards.
 *
 * @param url of a Redis or Valkey, such as redis://host:6379
 * @returns the number of sources that wait, or are read
 * @throws LayersError ERR_LAYERS_USAGE, ERR_LAYERS_QUEUE, ERR_LAYERS_ENGINE_MISSING
 */
export async function enqueueFleet(url: string, sources: readonly FleetSource[]): Promise<number> {
  if (sources.some(({ remote }) => remote !== undefined)) {
    throw new LayersError('ERR_LAYERS_USAGE', 'images of registries cannot be queued', {
      hint: 'add archives and layouts, or scan the registry in shards',
    });
  }
  return withQueue(url, async ({ library, connection }) => {
    const queue = new library.Queue<FleetSource>(QUEUE_NAME, { connection });
    try {
      for (let start = 0; start < sources.length; start += BULK) {
        await queue.addBulk(
          sources.slice(start, start + BULK).map((source) => ({
            name: 'scan',
            data: { ...source, path: resolve(source.path) },
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
