import { randomBytes } from '#core/io/random.js';

/**
 * A number of a JSON document that JavaScript would round, such as 12345678901234567890. `JSON.stringify` writes it
 * rounded; `text` is exact.
 */
export class JsonNumber {
  /** As written in the document. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }
}

/** Whether a document can have a number that is rounded: one of 16 digits, or with an exponent of three digits. */
const MAYBE_ROUNDED = /[0-9]{16}|[0-9]{15}\.|\.[0-9]{15}|[0-9][eE]\+?[0-9]{3}/;
const NUMBER = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** Parses JSON like `JSON.parse`, but numbers that it would round become {@link JsonNumber}. Throws SyntaxError. */
export function parseExactly(text: string): unknown {
  const plain: unknown = JSON.parse(text);
  if (!MAYBE_ROUNDED.test(text)) return plain;
  // Strings with an unpredictable prefix stand for the numbers, since a reviver gets them rounded.
  const mark = Buffer.from(randomBytes(16)).toString('hex');
  const marked = markNumbers(text, mark);
  if (marked === null) return plain;
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? new JsonNumber(value.slice(mark.length)) : value,
  );
}

/** Returns valid JSON with the numbers that would be rounded as marked strings; null where there are none. */
function markNumbers(text: string, mark: string): string | null {
  const pieces: string[] = [];
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      for (at++; text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = at;
      const number = NUMBER.exec(text)?.[0] ?? '';
      if (isRounded(number)) {
        pieces.push(text.slice(copied, at), `"${mark}${number}"`);
        copied = at + number.length;
      }
      at += number.length - 1;
    }
  }
  return pieces.length === 0 ? null : pieces.join('') + text.slice(copied);
}

function isRounded(number: string): boolean {
  const value = Number(number);
  if (!Number.isFinite(value)) return true;
  const digits = number
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  return digits.length > 15 && String(value) !== number;
}
