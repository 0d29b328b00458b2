import { JsonNumber } from '../../oci/json-number.js';
import { isJsonObject } from '../../oci/validate.js';

const EMPTY: Readonly<Record<string, unknown>> = {};

/** Returns whether a Go program with `omitempty` would omit this value; objects count as empty without keys. */
export function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/**
 * Compares two fields of JSON objects. Absent fields equal zero values, at every depth, and the order of keys does
 * not matter. Elements of arrays are compared exactly: null, "", 0, [] and {} are different elements.
 */
export function equalFields(a: unknown, b: unknown): boolean {
  if (isZero(a) && isZero(b)) return true;
  if (isJsonObject(a)) return isJsonObject(b) ? equalObjects(a, b) : isZero(b) && equalObjects(a, EMPTY);
  if (isJsonObject(b)) return isZero(a) && equalObjects(EMPTY, b);
  return equalElements(a, b);
}

function equalElements(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, i) => equalElements(element, b[i]));
  }
  if (isJsonObject(a)) return isJsonObject(b) && equalObjects(a, b);
  if (a instanceof JsonNumber) return b instanceof JsonNumber && a.text === b.text;
  return a === b;
}

function equalObjects(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  for (const key of Object.keys(a)) {
    if (!equalFields(a[key], Object.hasOwn(b, key) ? b[key] : undefined)) return false;
  }
  return Object.keys(b).every((key) => Object.hasOwn(a, key) || equalFields(undefined, b[key]));
}
