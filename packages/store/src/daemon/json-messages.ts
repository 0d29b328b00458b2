import type { IncomingMessage } from 'node:http';
import { fieldOf, isJsonObject, parseJsonOrNull } from '../json-value.js';
import { engineRefusal, unexpectedAnswer } from './daemon-error.js';
import type { DaemonExchange } from './exchange.js';

/** Far above the length of one message, and of all messages, in practice. */
const MAX_LINE = 64 * 1024;
const MAX_TEXT = 4 * 1024 * 1024;
const MAX_MESSAGES = 100_000;

/** Docker sends no empty lines and messages. A server that sends only such ones never ends. */
const MAX_EMPTY = 100;
const FIELDS = ['stream', 'status', 'progress', 'progressDetail', 'aux', 'id'];

/**
 * Reads Docker's stream of JSON messages to its end. Returns the lines of text in it, without progress messages. Throws
 * Docker's message if one of them is an error.
 */
export async function readMessages(
  exchange: DaemonExchange,
  response: IncomingMessage,
): Promise<readonly string[]> {
  const { code, endpoint } = exchange;
  const unknownFormat = () => unexpectedAnswer(code, endpoint, 'answers in an unknown format');
  let text = '';
  let length = 0;
  let messages = 0;
  let empty = 0;
  const addLine = (line: string) => {
    if (++messages > MAX_MESSAGES) throw unknownFormat();
    const isBlank = line.trim() === '';
    const message = isBlank ? {} : parseJsonOrNull(line);
    if (!isJsonObject(message)) throw unknownFormat();
    const detail = fieldOf(fieldOf(message, 'errorDetail'), 'message');
    const error = typeof detail === 'string' ? detail : fieldOf(message, 'error');
    if (typeof error === 'string') throw engineRefusal(code, error.trim());
    if (!FIELDS.some((name) => Boolean(fieldOf(message, name))) && ++empty > MAX_EMPTY) throw unknownFormat();
    const stream = fieldOf(message, 'stream');
    if (typeof stream !== 'string') return;
    text += stream;
    length += stream.length;
    if (length > MAX_TEXT) throw unknownFormat();
  };
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of exchange.body(response)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) addLine(line);
    if (rest.length > MAX_LINE) throw unknownFormat();
  }
  addLine(rest + decoder.decode());
  return text.split('\n').filter((line) => line !== '');
}
