import { limitInterim } from '@layers/core/io';
import { createRequest } from './api-request.js';
import { connectionError, type DaemonErrorCode, engineSilent, unexpectedAnswer } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';

/** Settings of every request to a Docker Engine. */
export interface DaemonOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds without data after which the engine is pinged, and the time limit of the ping. An engine that prepares a
   * large image sends nothing for long. Default: 30,000.
   */
  readonly idleTimeoutMs?: number | undefined;
}

export const DEFAULT_IDLE_TIMEOUT_MS = 30_000;

/** The headers of an engine's answer to a ping; null for those that it does not send. */
export interface DaemonInfo {
  readonly apiVersion: string | null;
  readonly os: string | null;
}

/**
 * Pings a Docker Engine (`GET /_ping`).
 *
 * @param code the code of errors
 * @throws LayersError `code` if nothing answers within `idleTimeoutMs`; what `signal` throws
 */
export function pingDaemon(
  endpoint: DaemonEndpoint,
  { signal, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS }: DaemonOptions = {},
  code: DaemonErrorCode = 'ERR_LAYERS_DAEMON',
): Promise<DaemonInfo> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const request = createRequest(endpoint, { method: 'GET', path: '/_ping' });
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
      request.destroy();
    };
    const onAbort = () => finish(() => reject(signal?.reason));
    const timer = setTimeout(() => finish(() => reject(engineSilent(code, endpoint))), idleTimeoutMs);
    signal?.addEventListener('abort', onAbort);
    limitInterim(request, () =>
      finish(() => reject(unexpectedAnswer(code, endpoint, 'sends no final response'))),
    );
    // Stays after the end: a destroyed request may still emit an error.
    request.on('error', (cause) => finish(() => reject(connectionError(code, endpoint, cause))));
    request.on('response', ({ headers }) => {
      const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value : null);
      finish(() => resolve({ apiVersion: text(headers['api-version']), os: text(headers['ostype']) }));
    });
    request.end();
  });
}
