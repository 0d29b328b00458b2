import { fieldOf, parseJsonOrNull } from '../json-value.js';
import { checkedImageName } from './api-request.js';
import { engineRefusal } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';
import { DaemonExchange } from './exchange.js';
import type { DaemonOptions } from './ping.js';

/** Docker's error messages are shorter. */
const TAIL_BYTES = 16 * 1024;

/**
 * Streams the archive of images of a Docker Engine, as `docker save` does (`GET /images/get`). The caller reads it to its
 * end, or ends it by `return` or `signal`.
 *
 * @param refs names and ids, as docker accepts them; a name without a tag stands for all its tags
 * @returns the bytes of the archive
 * @throws LayersError ERR_LAYERS_REFERENCE for an invalid name; ERR_LAYERS_DAEMON with Docker's message, or if the engine
 *   does not answer, also from the iterable. Also throws the reason of `signal`.
 */
export async function saveFromDaemon(
  endpoint: DaemonEndpoint,
  refs: readonly string[],
  options: DaemonOptions = {},
): Promise<AsyncIterable<Uint8Array>> {
  const names = refs.map((ref) => `names=${encodeURIComponent(checkedImageName(ref))}`).join('&');
  const apiRequest = { method: 'GET', path: `/images/get?${names}` } as const;
  const exchange = new DaemonExchange(endpoint, apiRequest, options, 'ERR_LAYERS_DAEMON');
  return withoutTrailingError(exchange, exchange.body(await exchange.response()));
}

/** Throws an error at the end of the tar: an engine that fails in the middle appends it, and ends the response normally. */
async function* withoutTrailingError(
  { code }: DaemonExchange,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    tail = tailOf(tail, chunk);
    yield chunk;
  }
  const message = trailingError(tail);
  if (message !== null) throw engineRefusal(code, message);
}

/** Keeps only bytes that may be a message: a tar ends in zeros, and its files rarely in a line feed. */
function tailOf(before: Buffer, chunk: Uint8Array): Buffer {
  if (chunk.length === 0) return before;
  if (chunk.at(-1) !== 0x0a) return Buffer.from(chunk.subarray(-TAIL_BYTES));
  const both = chunk.length < TAIL_BYTES ? Buffer.concat([before, chunk]) : Buffer.from(chunk);
  return both.subarray(-TAIL_BYTES);
}

function trailingError(tail: Buffer): string | null {
  const start = tail.lastIndexOf('{"errorDetail"');
  if (start < 0) return null;
  const error = fieldOf(parseJsonOrNull(tail.toString('utf8', start)), 'error');
  return typeof error === 'string' ? error : null;
}
