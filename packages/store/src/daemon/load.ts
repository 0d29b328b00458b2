import { unexpectedAnswer } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';
import { DaemonExchange } from './exchange.js';
import { readMessages } from './json-messages.js';
import { type DaemonOptions, pingDaemon } from './ping.js';

/** The lines that `docker load` prints, such as `Loaded image: app:1.0`. */
export interface LoadedByDaemon {
  readonly lines: readonly string[];
}

/** Sends the next bytes of an archive. The caller may reuse their memory once it resolves. */
export type WriteToDaemon = (chunk: Uint8Array) => Promise<void>;

const CODE = 'ERR_LAYERS_DAEMON_LOAD';

/**
 * Loads an archive into a Docker Engine while the archive is written, as `docker load` does (`POST /images/load`). An engine
 * loads nothing from an incomplete archive: if `source` fails or `signal` aborts, its images stay unchanged.
 *
 * @param source the bytes of the archive, or a function that writes them one chunk after the other
 * @returns the lines that the engine prints, such as `Loaded image: app:1.0`
 * @throws LayersError ERR_LAYERS_DAEMON_LOAD with Docker's message, or if the engine does not answer, from a write or at
 *   the end. Also throws what `source` throws, and the reason of `signal`.
 *
 * @example
 * ```ts
 * await loadIntoDaemon(daemonEndpoint(process.env), createReadStream('app.tar'));
 * ```
 */
export async function loadIntoDaemon(
  endpoint: DaemonEndpoint,
  source: AsyncIterable<Uint8Array> | ((write: WriteToDaemon) => Promise<void>),
  options: DaemonOptions = {},
): Promise<LoadedByDaemon> {
  // Reports an unreachable engine before `source` starts its work, which may be long.
  await pingDaemon(endpoint, options, CODE);
  const apiRequest = {
    method: 'POST',
    path: '/images/load?quiet=1',
    contentType: 'application/x-tar',
  } as const;
  const exchange = new DaemonExchange(endpoint, apiRequest, options, CODE);
  const { request } = exchange;
  const outcome = exchange.response().then((response) => readMessages(exchange, response));

  let ended: { readonly error: unknown } | null = null;
  let rejectWrite: ((error: unknown) => void) | null = null;
  const end = (error: unknown) => {
    ended = { error };
    rejectWrite?.(error);
  };
  outcome.then(() => end(unexpectedAnswer(CODE, endpoint, 'answered before it had read the archive')), end);

  const write: WriteToDaemon = (chunk) =>
    new Promise((resolve, reject) => {
      if (ended !== null) return reject(ended.error);
      rejectWrite = reject;
      // A failed write means a lost connection; `outcome` has the reason.
      request.write(chunk, (error) => {
        if (error === undefined || error === null) resolve();
      });
    });

  try {
    await (typeof source === 'function' ? source(write) : writeAll(source, write));
    request.end();
    const lines = await outcome;
    // An engine names each image that it has loaded.
    if (lines.length === 0) throw unexpectedAnswer(CODE, endpoint, 'names no loaded image');
    return { lines };
  } catch (error) {
    exchange.fail(error);
    await outcome.catch(() => {});
    throw error;
  }
}

async function writeAll(source: AsyncIterable<Uint8Array>, write: WriteToDaemon): Promise<void> {
  for await (const chunk of source) await write(chunk);
}
