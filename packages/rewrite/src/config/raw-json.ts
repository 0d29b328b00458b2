import { type FieldNames, fieldNameOf, foldKey, parseJson } from '@layers/core/oci';
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

/**
 * Returns the value of a field; undefined if it is absent or null. Ignores the case of the key and uses the last of
 * several, as Go does.
 */
export function memberOf(object: RawObject, name: string): RawJson | undefined {
  const isMeant = meaning(name);
  const value = object.members.findLast(({ key }) => isMeant(key))?.value;
  return isNull(value) ? undefined : value;
}

/**
 * Returns the object with a field set to a value, or without the field if the value is undefined. An existing key keeps
 * its position and its spelling, also in another case; see `memberOf`. Repetitions of the key are removed.
 */
export function withMember(object: RawObject, name: string, value: RawJson | undefined): RawObject {
  return withKeys(object, name, meaning(name), value);
}

/** Works as `withMember` for an object whose keys are data, such as labels: their case counts. */
export function withDataKey(object: RawObject, key: string, value: RawJson): RawObject {
  return withKeys(object, key, (other) => other === key, value);
}

function meaning(name: string): (key: string) => boolean {
  const folded = foldKey(name);
  return (key) => foldKey(key) === folded;
}

function withKeys(
  object: RawObject,
  key: string,
  isMeant: (key: string) => boolean,
  value: RawJson | undefined,
): RawObject {
  if (value === undefined) {
    if (!object.members.some((member) => isMeant(member.key))) return object;
    return { kind: 'object', members: object.members.filter((member) => !isMeant(member.key)) };
  }
  const last = object.members.findLastIndex((member) => isMeant(member.key));
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
    return isMeant(member.key) ? [] : [member];
  });
  return { kind: 'object', members };
}

/** Returns the value with the usual spelling of its fields, as core's `withFieldNames` does. */
export function withRawFieldNames(value: RawJson, fields: FieldNames): RawJson {
  if (value.kind === 'array') {
    return { kind: 'array', items: value.items.map((item) => withRawFieldNames(item, fields)) };
  }
  if (value.kind === 'scalar') return value;
  const members = value.members.map((member): RawMember => {
    const key = fieldNameOf(member.key, fields);
    const inner = Object.hasOwn(fields, key) ? itemFields(fields[key] ?? null) : null;
    return {
      key,
      keyText: key === member.key ? member.keyText : JSON.stringify(key),
      value: inner === null ? member.value : withRawFieldNames(member.value, inner),
    };
  });
  return { kind: 'object', members };
}

function itemFields(fields: FieldNames[string]): FieldNames | null {
  return isItemFields(fields) ? fields[0] : fields;
}

function isItemFields(fields: FieldNames[string]): fields is readonly [FieldNames] {
  return Array.isArray(fields);
}

export const EMPTY_OBJECT: RawObject = { kind: 'object', members: [] };

/** Returns the error for a config with a value of the wrong type. */
export function wrongConfig(what: string): LayersError {
  return new LayersError('ERR_LAYERS_CONFIG', `cannot edit the image config: ${what}`, {
    hint: 'no container tool writes such a config; leave this field out of the edits, or repair it',
  });
}

/** Whether values are equal, in any spelling of their strings. JavaScript would round numbers: their text counts. */
function isSame(a: RawJson, b: RawJson): boolean {
  return rawJsonText(a) === rawJsonText(b) || canonicalText(a) === canonicalText(b);
}

/** Returns the value with one spelling of each string, and the last of repeated keys. */
function canonicalText(value: RawJson): string {
  if (value.kind === 'array') return `[${value.items.map(canonicalText).join(',')}]`;
  if (value.kind === 'scalar') return canonicalString(value.text);
  const members = new Map(value.members.map((member) => [member.key, canonicalText(member.value)]));
  return `{${[...members].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}

function canonicalString(text: string): string {
  return text.startsWith('"') ? JSON.stringify(JSON.parse(text)) : text;
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
