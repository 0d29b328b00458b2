import { isLayersError, LayersError } from '@layers/errors';
import * as v from 'valibot';
import { type Digest, isDigest } from '../digest/digest.js';
import { JsonNumber } from './json-number.js';

/** Schema messages are noun phrases. An error is "<file>: <path> should be <message>, but is …". */

/** A string. */
export const text = v.string('a string');

/** A digest in OCI's grammar. */
export const digest = v.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'a digest such as sha256:<64 lowercase hexadecimal digits>',
);

/** Docker, containerd and skopeo do not require the field, so it may be missing. 1 is another format. */
export const schemaVersion = v.nullish(v.literal(2, '2'));

/** A boolean. */
export const flag = v.boolean('true or false');

/** An object with these entries; others are dropped. Unlike valibot's object, it refuses arrays. */
export function jsonObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(v.custom<object>(isJsonObject, 'an object'), v.object(entries));
}

/** An object with any keys and values of one schema. */
export function jsonRecord<const Value extends v.GenericSchema>(value: Value) {
  return v.pipe(v.custom<object>(isJsonObject, 'an object'), v.record(v.string(), value));
}

/** An array of one schema. Null is an empty array, as Go writes it. */
export function list<const Item extends v.GenericSchema>(item: Item) {
  return v.nullish(v.array(item, 'an array'));
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  );
}

/** The error codes of image documents, platforms and references. */
export type OciErrorCode =
  | 'ERR_LAYERS_JSON'
  | 'ERR_LAYERS_INDEX'
  | 'ERR_LAYERS_MANIFEST'
  | 'ERR_LAYERS_CONFIG'
  | 'ERR_LAYERS_DOCKER_MANIFEST'
  | 'ERR_LAYERS_REPOSITORIES'
  | 'ERR_LAYERS_V1'
  | 'ERR_LAYERS_PLATFORM'
  | 'ERR_LAYERS_REFERENCE';

/** The place of a value, for errors. */
export interface Place {
  readonly code: OciErrorCode;
  /** The file of the archive, or the blob. */
  readonly file: string;
  /** The path of keys to the value, where it is not the whole document. */
  readonly keys?: readonly (string | number)[];
}

/**
 * Validates a JSON value of an archive.
 *
 * @throws LayersError `place.code` with the JSON path of the first invalid value
 */
export function validate<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  place: Place,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const keys = (issue.path ?? []).map((item) =>
    item.type === 'array' ? Number(item.key) : String(item.key),
  );
  const isMissing = issue.path?.at(-1)?.origin === 'key';
  const fault = isMissing ? 'is missing' : `should be ${issue.message}, but is ${described(issue.input)}`;
  throw invalid(place, keys, fault);
}

/** Receives the error of an item of a list that is invalid, and the item. */
export type OnInvalid = (error: LayersError, item: unknown) => void;

/**
 * Validates the items of a list, and returns the valid ones.
 *
 * @throws LayersError what `validate` throws, for the first invalid item if there is no `onInvalid`
 */
export function validateEach<const Schema extends v.GenericSchema>(
  schema: Schema,
  items: readonly unknown[],
  place: Place,
  onInvalid: OnInvalid | undefined,
): v.InferOutput<Schema>[] {
  const valid: v.InferOutput<Schema>[] = [];
  for (const [index, item] of items.entries()) {
    try {
      valid.push(validate(schema, item, { ...place, keys: [...(place.keys ?? []), index] }));
    } catch (error) {
      if (onInvalid === undefined || !isLayersError(error)) throw error;
      onInvalid(error, item);
    }
  }
  return valid;
}

/** Creates the error for a document that is valid JSON, but not a valid document. */
export function invalid(place: Place, keys: readonly (string | number)[], fault: string): LayersError {
  const path = jsonPath([...(place.keys ?? []), ...keys]);
  return new LayersError(place.code, `${place.file}: ${path} ${fault}`, {
    file: place.file,
    hint: 'the archive is damaged, or a tool wrote an invalid document',
  });
}

/** Throws where a document has fields of another kind of document that are not null. */
export function refuseForeignFields(json: unknown, names: readonly string[], place: Place): void {
  if (!isJsonObject(json)) return;
  for (const name of names) {
    const value = Object.hasOwn(json, name) ? json[name] : undefined;
    if (value == null) continue;
    throw invalid(place, [name], `is not allowed, but is ${described(value)}: the document is ambiguous`);
  }
}

function jsonPath(keys: readonly (string | number)[]): string {
  let path = '';
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`;
    else if (/^\w{1,150}$/.test(key)) path += path === '' ? key : `.${key}`;
    else path += `[${quoted(key)}]`;
  }
  return path === '' ? 'the document' : path;
}

/** Describes a value for an error message, with escaped control characters. */
function described(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'an array';
  if (isJsonObject(value)) return 'an object';
  return String(value);
}

/** Quotes at most 150 characters of text from an archive, safe to print. */
export function quoted(value: string): string {
  const short = value.length > 150 ? `${value.slice(0, 150)}…` : value;
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
