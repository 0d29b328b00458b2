import { JsonNumber } from '@layers/core/oci';
import { GoMap, GoSlice, GoStruct, type GoValue, goString, LazyFields } from '@layers/gotemplate';
import { memberOf } from './row-field.js';

/**
 * Returns a value of a document for a template. Objects become maps, whose values are converted when they are asked for:
 * lists can have a million items. Whole numbers are integers.
 */
export function documentValue(value: unknown): GoValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return goString(value);
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value instanceof JsonNumber) return /^-?\d+$/.test(value.text) ? BigInt(value.text) : value.toJSON();
  if (typeof value !== 'object') return null;
  return isIterable(value) ? new GoSlice([...value].map(documentValue)) : new GoMap(membersOf(value));
}

/**
 * Returns a document for a template: a field that it does not have is an error. Its fields can also be written with a capital
 * letter, as those of docker are.
 *
 * @param type what messages call the document
 */
export function documentStruct(type: string, document: object): GoStruct {
  const own = (name: string): string =>
    Object.hasOwn(document, name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
  const fields = new LazyFields({
    names: () => namesOf(document),
    has: (name) => memberOf(document, own(name)) !== undefined,
    value: (name) => documentValue(memberOf(document, own(name))),
  });
  return new GoStruct(type, fields, new GoMap(membersOf(document)));
}

function membersOf(value: object): LazyFields {
  return new LazyFields({
    names: () => namesOf(value),
    has: (name) => memberOf(value, name) !== undefined,
    value: (name) => documentValue(memberOf(value, name)),
  });
}

function namesOf(value: object): string[] {
  return Object.keys(value).filter((name) => memberOf(value, name) !== undefined);
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}
