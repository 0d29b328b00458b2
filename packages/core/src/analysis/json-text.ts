import { JsonNumber } from '../oci/json-number.js';
import { escapeJsonText } from './escape-json.js';

const PIECE = 64 * 1024;

/**
 * Yields a document as JSON text in pieces, indented by two spaces, so that the text is never in memory as a whole.
 * Keys keep the order of the document, which is stable; the image's own config keeps its order. An iterable value
 * becomes an array.
 */
export function* jsonText(document: object): Generator<string> {
  let piece = '';
  const open: Frame[] = [];
  let pending: unknown = document;
  for (;;) {
    piece += begin(pending, open);
    pending = undefined;
    for (let frame = open.at(-1); frame !== undefined && pending === undefined; frame = open.at(-1)) {
      const step = frame.items.next();
      if (step.done === true) {
        open.pop();
        piece += frame.empty ? frame.close : `\n${'  '.repeat(open.length)}${frame.close}`;
        continue;
      }
      piece += `${frame.empty ? '' : ','}\n${'  '.repeat(open.length)}`;
      frame.empty = false;
      if (step.value.key !== null) piece += `${leaf(step.value.key)}: `;
      pending = step.value.value;
    }
    if (pending === undefined) break;
    if (piece.length >= PIECE) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}\n`;
}

interface Frame {
  readonly items: Iterator<{ readonly key: string | null; readonly value: unknown }>;
  readonly close: string;
  empty: boolean;
}

/** Returns the start of a value's text. Arrays and objects are opened and pushed on the stack. */
function begin(value: unknown, open: Frame[]): string {
  if (typeof value !== 'object' || value === null) return leaf(value);
  if (value instanceof JsonNumber) return value.text;
  if (isIterable(value)) {
    open.push({ items: itemsOf(value), close: ']', empty: true });
    return '[';
  }
  if (isFlat(value)) return flat(value, open.length);
  open.push({ items: membersOf(value), close: '}', empty: true });
  return '{';
}

function leaf(value: unknown): string {
  return escapeJsonText(JSON.stringify(value) ?? 'null');
}

/** Most objects of a list contain no others, and `JSON.stringify` is faster for them. */
function flat(value: object, depth: number): string {
  return escapeJsonText(JSON.stringify(value, null, 2).replaceAll('\n', `\n${'  '.repeat(depth)}`));
}

function isFlat(value: object): boolean {
  return Object.values(value).every((inner) => typeof inner !== 'object' || inner === null);
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

function* itemsOf(values: Iterable<unknown>): Generator<{ key: null; value: unknown }> {
  for (const value of values) yield { key: null, value: value ?? null };
}

function* membersOf(value: object): Generator<{ key: string; value: unknown }> {
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) yield { key, value: inner };
  }
}
