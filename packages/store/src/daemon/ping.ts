import { requestTo } from './api-request.js';
import { connectionError, type DaemonErrorCode, engineSilent } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';

/** Settings of every exchange with an engine. */
export interface DaemonOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds of silence after which the engine is asked whether it is still there, and that this may take: an
   * engine that prepares a large image is silent for long. Default: 30,000.
   */
  readonly patienceMs?: number | undefined;
}

export const DEFAULT_PATIENCE_MS = 30_000;

/** What an engine says of itself in answer to a ping; null for what it does not say. */
export interface DaemonInfo {
  readonly apiVersion: string | null;
  readonly os: string | null;
}

/**
 * Asks an engine whether it is there.
 *
 * @param code what errors are called
 * @throws LayersError where nothing answers within the patience of `options`, and what `signal` throws
 */
export function pingDaemon(
  endpoint: DaemonEndpoint,
  { signal, patienceMs = DEFAULT_PATIENCE_MS }: DaemonOptions = {},
  code: DaemonErrorCode = 'ERR_LAYERS_DAEMON',
): Promise<DaemonInfo> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const request = requestTo(endpoint, { method: 'GET', path: '/_ping' });
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
      request.destroy();
    };
    const onAbort = () => finish(() => reject(signal?.reason));
    const timer = setTimeout(() => finish(() => reject(engineSilent(code, endpoint))), patienceMs);
    signal?.addEventListener('abort', onAbort);
    // Also heard after the end, for a request that is destroyed may still have something to say.
    request.on('error', (cause) => finish(() => reject(connectionError(code, endpoint, cause))));
    request.on('response', ({ headers }) => {
      const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value : null);
      finish(() => resolve({ apiVersion: text(headers['api-version']), os: text(headers['ostype']) }));
    });
    request.end();
  });
}
