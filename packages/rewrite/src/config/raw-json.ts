import { parseJson } from '@layers/core/oci';
import { LayersError } from '@layers/errors';

/**
 * A JSON value that keeps what `JSON.parse` loses: the order of keys, repeated keys, and the spelling of numbers and strings
 * (`1.0`, 2^64, `\u003c`). Values are immutable.
 */
export type RawJson = RawScalar | RawArray | RawObject;

/** A string, number, `true`, `false` or `null`, as written. */
interface RawScalar {
  readonly kind: 'scalar';
  readonly text: string;
}

interface RawArray {
  readonly kind: 'array';
  readonly items: readonly RawJson[];
}

export interface RawObject {
  readonly kind: 'object';
  readonly members: readonly RawMember[];
}

export interface RawMember {
  readonly key: string;
  /** The key as written, with its quotes. */
  readonly keyText: string;
  readonly value: RawJson;
}

/**
 * Reads a JSON document.
 *
 * @param what the document, named in errors
 * @throws LayersError ERR_LAYERS_JSON as core's `parseJson` does
 */
export function parseRawJson(bytes: Uint8Array, what: string): RawJson {
  parseJson(bytes, what);
  return readValue({ text: new TextDecoder('utf-8').decode(bytes), position: 0 });
}

/** Returns the value as JSON without spaces. */
export function rawJsonText(value: RawJson): string {
  if (value.kind === 'scalar') return value.text;
  if (value.kind === 'array') return `[${value.items.map(rawJsonText).join(',')}]`;
  return `{${value.members.map((member) => `${member.keyText}:${rawJsonText(member.value)}`).join(',')}}`;
}

/** Converts a plain value to raw form. Throws TypeError for a value that JSON cannot represent. */
export function rawJsonOf(value: unknown): RawJson {
  const text: unknown = JSON.stringify(value);
  if (typeof text !== 'string') throw new TypeError('JSON cannot represent the value');
  return readValue({ text, position: 0 });
}

/** Converts a raw value to a plain one, as `JSON.parse` returns it. */
export function plainJson(value: RawJson): unknown {
  return JSON.parse(rawJsonText(value));
}

function isNull(value: RawJson | undefined): boolean {
  return value?.kind === 'scalar' && value.text === 'null';
}

/** Returns the value of a key, of repeated keys the last, as parsers do; undefined if it is absent or null. */
export function memberOf(object: RawObject, key: string): RawJson | undefined {
  const value = object.members.findLast((member) => member.key === key)?.value;
  return isNull(value) ? undefined : value;
}

/**
 * Returns the object with a key set to a value, or without the key if the value is undefined. An existing key keeps its
 * position, and its spelling if the value is equal. Repetitions of the key are removed.
 */
export function withMember(object: RawObject, key: string, value: RawJson | undefined): RawObject {
  if (value === undefined) {
    if (!object.members.some((member) => member.key === key)) return object;
    return { kind: 'object', members: object.members.filter((member) => member.key !== key) };
  }
  const last = object.members.findLastIndex((member) => member.key === key);
  const old = object.members[last];
  if (old === undefined) {
    return {
      kind: 'object',
      members: [...object.members, { key, keyText: JSON.stringify(key), value }],
    };
  }
  if (isSame(old.value, value)) return object;
  const members = object.members.flatMap((member, i) => {
    if (i === last) return [{ ...member, value }];
    return member.key === key ? [] : [member];
  });
  return { kind: 'object', members };
}

export const EMPTY_OBJECT: RawObject = { kind: 'object', members: [] };

/** Returns the error for a config with a value of the wrong type. */
export function wrongConfig(what: string): LayersError {
  return new LayersError('ERR_LAYERS_CONFIG', `cannot edit the image config: ${what}`, {
    hint: 'no container tool writes such a config; leave this field out of the edits, or repair it',
  });
}

function isSame(a: RawJson, b: RawJson): boolean {
  const [textA, textB] = [rawJsonText(a), rawJsonText(b)];
  return textA === textB || JSON.stringify(JSON.parse(textA)) === JSON.stringify(JSON.parse(textB));
}

interface Cursor {
  readonly text: string;
  position: number;
}

const WORD = /[^\s,\]}]+/y;
const SPACE = /[\t\n\r ]*/y;

/** Reads a value. The text must be valid JSON, and no deeper than core's `parseJson` accepts. */
function readValue(cursor: Cursor): RawJson {
  readMatch(cursor, SPACE);
  const first = cursor.text[cursor.position];
  if (first === '"') return { kind: 'scalar', text: readString(cursor) };
  if (first !== '{' && first !== '[') return { kind: 'scalar', text: readMatch(cursor, WORD) };
  cursor.position++;
  if (first === '[') {
    const items: RawJson[] = [];
    while (!closes(cursor, ']')) items.push(readValue(cursor));
    return { kind: 'array', items };
  }
  const members: RawMember[] = [];
  while (!closes(cursor, '}')) {
    const keyText = readString(cursor);
    readMatch(cursor, SPACE);
    cursor.position++;
    members.push({ key: String(JSON.parse(keyText)), keyText, value: readValue(cursor) });
  }
  return { kind: 'object', members };
}

/** Skips spaces, a comma, and the bracket. Returns whether the bracket was there. */
function closes(cursor: Cursor, bracket: string): boolean {
  readMatch(cursor, SPACE);
  if (cursor.text[cursor.position] === ',') {
    cursor.position++;
    readMatch(cursor, SPACE);
  }
  if (cursor.text[cursor.position] !== bracket) return false;
  cursor.position++;
  return true;
}

/** Reads a string without a regular expression, which would overflow the stack on long strings. */
function readString(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.position;
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  cursor.position = end + 1;
  return text.slice(start, end + 1);
}

function readMatch(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.position;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.position += found.length;
  return found;
}
