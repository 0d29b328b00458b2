import { accepted } from './answer.js';
import { engineRefusal } from './daemon-error.js';
import type { DaemonEndpoint } from './endpoint.js';
import { converse, type DaemonExchange } from './exchange.js';
import { checkedImageName } from './image-name.js';
import { fieldOf } from './json.js';
import type { DaemonOptions } from './ping.js';

/** Docker's last words are shorter. */
const TAIL_BYTES = 16 * 1024;

/**
 * What `docker save` of these images writes, as it comes. Nothing is requested twice, and nothing is kept: whoever does
 * not read it to its end has to end it, by `return` or by `signal`.
 *
 * @param refs names and ids, as docker takes them; a name without a tag stands for all its tags
 * @throws LayersError ERR_LAYERS_DAEMON in docker's own words, or where no engine answers; the iterable throws it where
 *   the engine fails or breaks off in the middle. ERR_LAYERS_REFERENCE for what can be no name, and what `signal` throws
 */
export async function saveFromDaemon(
  endpoint: DaemonEndpoint,
  refs: readonly string[],
  options: DaemonOptions = {},
): Promise<AsyncIterable<Uint8Array>> {
  const names = refs.map((ref) => `names=${encodeURIComponent(checkedImageName(ref))}`).join('&');
  const question = { method: 'GET', path: `/images/get?${names}` } as const;
  const conversation = converse(endpoint, question, options, 'ERR_LAYERS_DAEMON');
  return heard(conversation, conversation.bytes(await accepted(conversation)));
}

/** An engine that fails in the middle writes why behind the tar that it began, and ends as if all were well. */
async function* heard(
  { code }: DaemonExchange,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    tail = tailOf(tail, chunk);
    yield chunk;
  }
  const words = lastWords(tail);
  if (words !== null) throw engineRefusal(code, words);
}

/** Holds only what could be docker's words: a tar ends in zeros, and its contents mostly in no line feed. */
function tailOf(before: Buffer, chunk: Uint8Array): Buffer {
  if (chunk.length === 0) return before;
  if (chunk.at(-1) !== 0x0a) return Buffer.from(chunk.subarray(-TAIL_BYTES));
  const both = chunk.length < TAIL_BYTES ? Buffer.concat([before, chunk]) : Buffer.from(chunk);
  return both.subarray(-TAIL_BYTES);
}

function lastWords(tail: Buffer): string | null {
  const start = tail.lastIndexOf('{"errorDetail"');
  if (start < 0) return null;
  try {
    const error: unknown = fieldOf(JSON.parse(tail.toString('utf8', start)), 'error');
    return typeof error === 'string' ? error : null;
  } catch {
    return null;
  }
}
