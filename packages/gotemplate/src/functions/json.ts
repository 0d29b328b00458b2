import { formatFloat } from '../format/float.js';
import { type GoString, runesOf } from '../go-string.js';
import { GoMap, GoNil, GoSlice, GoStruct, GoUint8, type GoValue } from '../value.js';
import { CallError } from './call-error.js';

/** Returns a value as JSON in one line, as Go's encoder writes it without escapes for HTML. */
export function toJson(value: GoValue): GoString {
  if (value === undefined || value === null || value instanceof GoNil) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof GoUint8) return String(value.value);
  if (typeof value === 'string') return jsonString(value);
  if (typeof value === 'number') return jsonNumber(value);
  if (value instanceof GoSlice) return value.isNil ? 'null' : `[${value.items.map(toJson).join(',')}]`;
  if (value instanceof GoMap) {
    if (value.isNil) return 'null';
    return object(value.sortedKeys.map((key) => [key, value.entries.get(key)]));
  }
  if (value instanceof GoStruct) {
    return value.document === undefined ? object([...value.fields]) : toJson(value.document);
  }
  throw new CallError('json: unsupported type: complex128');
}

function object(entries: readonly (readonly [GoString, GoValue])[]): GoString {
  return `{${entries.map(([key, value]) => `${jsonString(key)}:${toJson(value)}`).join(',')}}`;
}

function jsonNumber(value: number): string {
  if (!Number.isFinite(value)) throw new CallError(`json: unsupported value: ${formatFloat(value, 'g', -1)}`);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-6 || size >= 1e21)) {
    return formatFloat(value, 'e', -1).replace(/e-0(\d)$/, 'e-$1');
  }
  return formatFloat(value, 'f', -1);
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x22, '\\"'],
  [0x5c, '\\\\'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  // Line ends of JavaScript.
  [0x2028, '\\u2028'],
  [0x2029, '\\u2029'],
]);

/** Text without anything to escape. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7f]*$/;

function jsonString(text: GoString): GoString {
  if (PLAIN.test(text)) return `"${text}"`;
  let out = '"';
  let at = 0;
  for (const { code, size, isValid } of runesOf(text)) {
    const isControl = code < 0x20;
    const short = ESCAPES.get(code) ?? (isControl || !isValid ? unicodeEscape(code) : null);
    out += short ?? text.slice(at, at + size);
    at += size;
  }
  return `${out}"`;
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
