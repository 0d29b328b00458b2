import { encodeRune, type GoString, isPrintable, type Rune, runesOf } from '../go-string.js';

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
]);

/** Returns a string as a literal of Go. */
export function quote(bytes: GoString, isAsciiOnly = false): GoString {
  let out = '"';
  let at = 0;
  for (const rune of runesOf(bytes)) {
    out += rune.isValid ? escaped(rune, '"', isAsciiOnly) : `\\x${hex(bytes.charCodeAt(at), 2)}`;
    at += rune.size;
  }
  return `${out}"`;
}

/** Returns a character as a literal of Go. */
export function quoteCharacter(code: number, isAsciiOnly = false): GoString {
  return `'${escaped({ code, size: 0, isValid: true }, "'", isAsciiOnly)}'`;
}

function escaped({ code }: Rune, quotes: string, isAsciiOnly: boolean): GoString {
  const character = code < 0x80 ? String.fromCharCode(code) : '';
  if (character === quotes || character === '\\') return `\\${character}`;
  if (isPrintable(code) && (code < 0x80 || !isAsciiOnly)) return encodeRune(code);
  const known = ESCAPES.get(code);
  if (known !== undefined) return known;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** Whether a string can be a literal in back quotes. */
export function canBackquote(bytes: GoString): boolean {
  for (const { code, isValid } of runesOf(bytes)) {
    const isControl = (code < 0x20 && code !== 0x09) || code === 0x7f;
    if (!isValid || isControl || code === 0x60 || code === 0xfeff) return false;
  }
  return true;
}
