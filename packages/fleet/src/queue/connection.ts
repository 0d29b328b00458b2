import { LayersError } from '@layers/errors';

type BullMQ = typeof import('bullmq');
/** A connection to Redis. */
export type Connection = InstanceType<typeof import('ioredis').Redis>;

/** The name of the queue in the database that a URL names. */
export const QUEUE_NAME = 'layers-fleet';

/** A queue that answers. */
export interface OpenQueue {
  readonly library: BullMQ;
  readonly connection: Connection;
}

/**
 * Connects to a queue, runs work, and disconnects.
 *
 * @param url such as redis://host:6379/0, or rediss:// with TLS
 * @throws LayersError ERR_LAYERS_USAGE for another URL; ERR_LAYERS_QUEUE where no Redis answers; ERR_LAYERS_ENGINE_MISSING
 */
export async function withQueue<Result>(
  url: string,
  work: (queue: OpenQueue) => Promise<Result>,
): Promise<Result> {
  const place = placeOf(url);
  const { library, Redis } = await loadBullMQ();
  const connection = new Redis(url, {
    lazyConnect: true,
    // Commands wait while Redis restarts; only the first connection must succeed at once.
    maxRetriesPerRequest: null,
    connectTimeout: 10_000,
    retryStrategy: (times) => (isConnected ? Math.min(times * 200, 5000) : null),
  });
  let isConnected = false;
  let problem: Error | null = null;
  connection.on('error', (error: Error) => {
    problem = error;
  });
  try {
    await connection.connect();
    await connection.ping();
    isConnected = true;
  } catch (error) {
    connection.disconnect();
    const cause: unknown = problem ?? error;
    const why = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new LayersError('ERR_LAYERS_QUEUE', `no queue answers at ${place}: ${why}`, {
      hint: 'start Redis or Valkey, and check the name, the port and the password',
      cause,
    });
  }
  try {
    return await work({ library, connection });
  } finally {
    connection.disconnect();
  }
}

/** Returns a URL without its password. */
function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol)) {
    throw new LayersError('ERR_LAYERS_USAGE', 'a queue is a URL of Redis', {
      hint: 'write it as redis://HOST:PORT/DATABASE, or rediss:// with TLS',
    });
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

async function loadBullMQ(): Promise<{ readonly library: BullMQ; readonly Redis: RedisClass }> {
  try {
    const [library, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { library, Redis };
  } catch (cause) {
    throw new LayersError('ERR_LAYERS_ENGINE_MISSING', 'the libraries bullmq and ioredis cannot be loaded', {
      hint: 'npm install bullmq ioredis',
      cause,
    });
  }
}

type RedisClass = typeof import('ioredis').Redis;
