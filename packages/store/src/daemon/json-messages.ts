import type { IncomingMessage } from 'node:http';
import { engineRefusal, unexpectedAnswer } from './daemon-error.js';
import type { DaemonExchange } from './exchange.js';
import { fieldOf } from './json.js';

/** No honest message, and no honest answer of messages, is longer. */
const MAX_LINE = 64 * 1024;
const MAX_TEXT = 4 * 1024 * 1024;

/**
 * Reads docker's stream of JSON messages, a line each, to its end, and gives the lines of text in them. Progress is
 * passed over. Throws docker's words where one of the messages is an error.
 */
export async function readMessages(
  conversation: DaemonExchange,
  message: IncomingMessage,
): Promise<readonly string[]> {
  const { code, endpoint } = conversation;
  const garbled = () => unexpectedAnswer(code, endpoint, 'answers in a way that is not understood');
  let text = '';
  let length = 0;
  const take = (line: string) => {
    if (line.trim() === '') return;
    const document = parsed(line);
    if (typeof document !== 'object' || document === null) throw garbled();
    const detail = fieldOf(fieldOf(document, 'errorDetail'), 'message');
    const error = typeof detail === 'string' ? detail : fieldOf(document, 'error');
    if (typeof error === 'string') throw engineRefusal(code, error.trim());
    const stream = fieldOf(document, 'stream');
    if (typeof stream !== 'string') return;
    text += stream;
    length += stream.length;
    if (length > MAX_TEXT) throw garbled();
  };
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of conversation.bytes(message)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    if (rest.length > MAX_LINE) throw garbled();
  }
  take(rest + decoder.decode());
  return text.split('\n').filter((line) => line !== '');
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
