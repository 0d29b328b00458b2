import { sprint } from '../format/print.js';
import { encodeRune, type GoString, isPrintable, runesOf } from '../go-string.js';
import type { GoValue } from '../value.js';

const HTML: ReadonlyMap<string, string> = new Map([
  ['\0', '\xef\xbf\xbd'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** Escapes a text for HTML, as Go does. */
export function escapeHtml(text: GoString): GoString {
  return [...text].map((character) => HTML.get(character) ?? character).join('');
}

const JAVASCRIPT: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
  ['<', '\\u003C'],
  ['>', '\\u003E'],
  ['&', '\\u0026'],
  ['=', '\\u003D'],
]);

/** Escapes a text for a string of JavaScript, as Go does. */
export function escapeJavaScript(text: GoString): GoString {
  let out = '';
  let at = 0;
  for (const { code, size, isValid } of runesOf(text)) {
    const bytes = text.slice(at, at + size);
    const isControl = code < 0x20;
    const isShown = code < 0x80 ? !isControl : isPrintable(code);
    out += JAVASCRIPT.get(bytes) ?? (isShown ? (isValid ? encodeRune(code) : bytes) : unicodeEscape(code));
    at += size;
  }
  return out;
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Escapes a text for a query of a URL, as Go does. */
export function escapeQuery(text: GoString): GoString {
  return [...text]
    .map((character) => {
      if (/^[A-Za-z0-9._~-]$/.test(character)) return character;
      if (character === ' ') return '+';
      return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/** Joins arguments as `print` does. What has no value is `<no value>`. */
export function joined(values: readonly GoValue[]): GoString {
  return sprint(values.map((value) => (value === undefined || value === null ? NO_VALUE : value)));
}

/** What a template shows where there is no value. */
export const NO_VALUE = '<no value>';
