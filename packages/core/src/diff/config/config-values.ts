import { isJsonObject } from '../../oci/validate.js';

const EMPTY: Readonly<Record<string, unknown>> = {};

/** Whether a Go program that leaves out empty members could have left this one out; of an object, if it has none. */
export function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/**
 * Whether two members of JSON objects say the same. Absent ones and zero values do, at every depth; the order of
 * keys says nothing. Elements of arrays are never absent: null, "", 0, [] and {} are different ones.
 */
export function sameMember(a: unknown, b: unknown): boolean {
  if (isZero(a) && isZero(b)) return true;
  if (isJsonObject(a)) return isJsonObject(b) ? sameObject(a, b) : isZero(b) && sameObject(a, EMPTY);
  if (isJsonObject(b)) return isZero(a) && sameObject(EMPTY, b);
  return sameElement(a, b);
}

function sameElement(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, i) => sameElement(element, b[i]));
  }
  if (isJsonObject(a)) return isJsonObject(b) && sameObject(a, b);
  return a === b;
}

function sameObject(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  for (const key of Object.keys(a)) {
    if (!sameMember(a[key], Object.hasOwn(b, key) ? b[key] : undefined)) return false;
  }
  return Object.keys(b).every((key) => Object.hasOwn(a, key) || sameMember(undefined, b[key]));
}
