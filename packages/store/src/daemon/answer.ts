import type { IncomingMessage } from 'node:http';
import { isLayersError, type LayersError } from '@layers/errors';
import { engineRefusal, unexpectedAnswer } from './daemon-error.js';
import type { DaemonExchange } from './exchange.js';
import { fieldOf } from './json.js';

/** What docker says of an error is a line; what is longer than this is something else. */
const MAX_REFUSAL = 64 * 1024;
const MAX_WORDS = 600;

/** The answer of a conversation, if the engine did as it was asked. Otherwise throws its own words. */
export async function accepted(conversation: DaemonExchange): Promise<IncomingMessage> {
  const message = await conversation.answer;
  const status = message.statusCode ?? 0;
  if (status === 200) return message;
  throw await refusal(conversation, message, status);
}

async function refusal(
  conversation: DaemonExchange,
  message: IncomingMessage,
  status: number,
): Promise<LayersError> {
  const { code, endpoint, patienceMs } = conversation;
  const nothing = unexpectedAnswer(code, endpoint, `answers with the HTTP status ${status}`);
  // A line that comes byte by byte is not waited for.
  const timer = setTimeout(() => conversation.fail(nothing), patienceMs);
  try {
    const bytes = await readBounded(conversation, message, MAX_REFUSAL);
    const words = bytes === null ? null : wordsOf(bytes.toString('utf8'));
    return words === null ? nothing : engineRefusal(code, words);
  } catch (cause) {
    if (isLayersError(cause)) return nothing;
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

/** The body of an answer; null where it is longer than `most` bytes. */
export async function readBounded(
  conversation: DaemonExchange,
  message: IncomingMessage,
  most: number,
): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of conversation.bytes(message)) {
    bytes += chunk.length;
    if (bytes > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `{"message": …}`, or a line of plain text, as a proxy or the wrong port gives it. */
function wordsOf(body: string): string | null {
  const text = body.trim();
  const message = fieldOf(parsed(text), 'message');
  if (typeof message === 'string') return message.trim() === '' ? null : message.trim();
  return text === '' || text.length > MAX_WORDS || /[\n<{]/.test(text) ? null : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
