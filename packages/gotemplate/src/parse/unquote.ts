import { encodeRune, type GoString, goString } from '../go-string.js';

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/y;

/** Reads a string literal of Go, with its quotes; null where it is none. */
export function unquote(literal: string): GoString | null {
  const quote = literal[0];
  const inner = literal.slice(1, -1);
  if (quote === '`') return goString(inner.replaceAll('\r', ''));
  let out = '';
  for (let at = 0; at < inner.length; ) {
    if (inner[at] !== '\\') {
      const next = inner.indexOf('\\', at);
      const end = next === -1 ? inner.length : next;
      out += goString(inner.slice(at, end));
      at = end;
      continue;
    }
    ESCAPE.lastIndex = at;
    const match = ESCAPE.exec(inner);
    const bytes = match === null ? null : escaped(match, quote);
    if (match === null || bytes === null) return null;
    out += bytes;
    at += match[0].length;
  }
  return out;
}

function escaped(
  [, byte, short, long, octal, simple]: RegExpExecArray,
  quote: string | undefined,
): GoString | null {
  if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
  if (octal !== undefined) {
    const value = Number.parseInt(octal, 8);
    return value > 0xff ? null : String.fromCharCode(value);
  }
  const hex = short ?? long;
  if (hex !== undefined) {
    const code = Number.parseInt(hex, 16);
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? null : encodeRune(code);
  }
  if (simple === quote) return simple ?? null;
  return SIMPLE.get(simple ?? '') ?? null;
}

/** Reads a character literal, with its quotes; null where it is none. */
export function unquoteCharacter(literal: string): number | null {
  const byte = /^'\\(?:x([0-9a-fA-F]{2})|([0-7]{3}))'$/.exec(literal);
  if (byte !== null) {
    // A byte is the character of the same number.
    const value = Number.parseInt(byte[1] ?? byte[2] ?? '', byte[1] === undefined ? 8 : 16);
    return value > 0xff ? null : value;
  }
  const bytes = unquote(literal);
  if (bytes === null || literal === "'''") return null;
  const characters = [...Buffer.from(bytes, 'latin1').toString('utf8')];
  return characters.length === 1 ? (characters[0]?.codePointAt(0) ?? null) : null;
}
