/**
 * A string as Go has it: any bytes, mostly UTF-8. It is kept as one character (0 to 255) for each byte, so that lengths,
 * positions and slices count bytes.
 */
export type GoString = string;

/** Returns the bytes of a text in UTF-8. */
export function goString(text: string): GoString {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** Returns the text of a Go string. Bytes that are not UTF-8 become U+FFFD. */
export function textOf(bytes: GoString): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** What Go shows in place of bytes that are not UTF-8. */
export const REPLACEMENT = 0xfffd;

/** A character of a Go string. */
export interface Rune {
  readonly code: number;
  /** Bytes; 1 where the bytes are not UTF-8. */
  readonly size: number;
  readonly isValid: boolean;
}

/** Returns the character at a position. Accepts what UTF-8 allows: no surrogates, no long forms, up to U+10FFFF. */
export function runeAt(bytes: GoString, at: number): Rune {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return { code: first, size: 1, isValid: true };
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const invalid: Rune = { code: REPLACEMENT, size: 1, isValid: false };
  if (first < 0xc2 || first > 0xf4 || at + size > bytes.length) return invalid;
  let code = first & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const next = bytes.charCodeAt(at + i);
    if ((next & 0xc0) !== 0x80) return invalid;
    code = (code << 6) | (next & 0x3f);
  }
  const isLong = size === 3 ? code < 0x800 : size === 4 && code < 0x10000;
  return isLong || isSurrogate(code) || code > 0x10ffff ? invalid : { code, size, isValid: true };
}

/** Iterates over the characters of a Go string. */
export function* runesOf(bytes: GoString): Generator<Rune> {
  for (let at = 0; at < bytes.length; ) {
    const rune = runeAt(bytes, at);
    yield rune;
    at += rune.size;
  }
}

export function runeCount(bytes: GoString): number {
  if (isAscii(bytes)) return bytes.length;
  let count = 0;
  for (const _ of runesOf(bytes)) count++;
  return count;
}

/** Returns the bytes of a character; of U+FFFD where there is no such character. */
export function encodeRune(code: number): GoString {
  const isCharacter = code >= 0 && code <= 0x10ffff && !isSurrogate(code);
  return goString(String.fromCodePoint(isCharacter ? code : REPLACEMENT));
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

const GRAPHIC = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

/** Whether Go prints a character as it is: letters, marks, numbers, punctuation, symbols, and the space of ASCII. */
export function isPrintable(code: number): boolean {
  if (code < 0x80) return code >= 0x20 && code < 0x7f;
  return !isSurrogate(code) && code <= 0x10ffff && GRAPHIC.test(String.fromCodePoint(code));
}
