import stableStringify from 'fast-json-stable-stringify';
import { escapeJsonText } from './escape.js';

const PIECE = 64 * 1024;

/**
 * A document as JSON text with two spaces of indentation, in pieces: it is never held whole. Keys stand in the
 * order in which the document was built, which is the same every time and tells the important things first; the
 * image's own config keeps the order it came in. Where a value is iterable and no array, its items become one.
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

/**
 * A list as one JSON object a line. Every line is canonical: keys sorted, also those of the extended attributes,
 * which come in whatever order an image has them. Equal entries of two images are equal lines, so that `sort`,
 * `comm` and `diff` can compare lists.
 */
export function* jsonLines(items: Iterable<object>): Generator<string> {
  for (const item of items) yield `${escapeJsonText(stableStringify(item))}\n`;
}

interface Frame {
  readonly items: Iterator<{ readonly key: string | null; readonly value: unknown }>;
  readonly close: string;
  empty: boolean;
}

/** The text that a value starts with; arrays and objects are opened and left on the stack. */
function begin(value: unknown, open: Frame[]): string {
  if (typeof value !== 'object' || value === null) return leaf(value);
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

/** Objects without inner ones are most of every list, and the built-in is quicker at them. */
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
