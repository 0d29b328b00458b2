import { parseJson } from '@layers/core/oci';
import { LayersError } from '@layers/errors';

/**
 * A JSON value that keeps what `JSON.parse` loses: the order of keys, keys that stand twice, and each number and
 * string as it is spelled (`1.0`, 2^64, `\u003c`). Values are never changed in place.
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
  return readValue({ text: new TextDecoder('utf-8').decode(bytes), at: 0 });
}

/** The value as text without any spaces between. */
export function rawJsonText(value: RawJson): string {
  if (value.kind === 'scalar') return value.text;
  if (value.kind === 'array') return `[${value.items.map(rawJsonText).join(',')}]`;
  return `{${value.members.map((member) => `${member.keyText}:${rawJsonText(member.value)}`).join(',')}}`;
}

/** A plain value in the raw form. It must be what JSON can hold. */
export function rawJsonOf(value: unknown): RawJson {
  const text: unknown = JSON.stringify(value);
  if (typeof text !== 'string') throw new TypeError('the value is none that JSON can hold');
  return readValue({ text, at: 0 });
}

/** The plain value, as `JSON.parse` would give it. */
export function plainJson(value: RawJson): unknown {
  return JSON.parse(rawJsonText(value));
}

function isNull(value: RawJson | undefined): boolean {
  return value?.kind === 'scalar' && value.text === 'null';
}

/** The value of a key, of equal ones the last, as parsers take it; undefined also where it is null. */
export function memberOf(object: RawObject, key: string): RawJson | undefined {
  const value = object.members.findLast((member) => member.key === key)?.value;
  return isNull(value) ? undefined : value;
}

/**
 * The object with a key set to a value, or without the key where the value is undefined. A key that is there keeps
 * its place, and its spelling where the value means the same; further ones of its name go.
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

/** The error for a document in which a value is not what it should be. */
export function wrongConfig(what: string): LayersError {
  return new LayersError('ERR_LAYERS_CONFIG', `the image config cannot be changed: ${what}`, {
    hint: 'the config was not written by a container tool; what the change does not touch would be kept as it is',
  });
}

function isSame(a: RawJson, b: RawJson): boolean {
  const [textA, textB] = [rawJsonText(a), rawJsonText(b)];
  return textA === textB || JSON.stringify(JSON.parse(textA)) === JSON.stringify(JSON.parse(textB));
}

interface Cursor {
  readonly text: string;
  at: number;
}

const WORD = /[^\s,\]}]+/y;
const SPACE = /[\t\n\r ]*/y;

/** The text is known to be JSON, nested no deeper than core's `parseJson` lets through. */
function readValue(cursor: Cursor): RawJson {
  take(cursor, SPACE);
  const first = cursor.text[cursor.at];
  if (first === '"') return { kind: 'scalar', text: takeString(cursor) };
  if (first !== '{' && first !== '[') return { kind: 'scalar', text: take(cursor, WORD) };
  cursor.at++;
  if (first === '[') {
    const items: RawJson[] = [];
    while (!closes(cursor, ']')) items.push(readValue(cursor));
    return { kind: 'array', items };
  }
  const members: RawMember[] = [];
  while (!closes(cursor, '}')) {
    const keyText = takeString(cursor);
    take(cursor, SPACE);
    cursor.at++;
    members.push({ key: String(JSON.parse(keyText)), keyText, value: readValue(cursor) });
  }
  return { kind: 'object', members };
}

/** Steps over spaces and a comma; and over the bracket, where it is there. */
function closes(cursor: Cursor, bracket: string): boolean {
  take(cursor, SPACE);
  if (cursor.text[cursor.at] === ',') {
    cursor.at++;
    take(cursor, SPACE);
  }
  if (cursor.text[cursor.at] !== bracket) return false;
  cursor.at++;
  return true;
}

/** Not by a pattern: one that has to look at each character runs out of stack on long strings. */
function takeString(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at;
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  cursor.at = end + 1;
  return text.slice(start, end + 1);
}

function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.at += found.length;
  return found;
}
