import { JsonNumber } from '../oci/json-number.js';
import { isJsonObject } from '../oci/validate.js';

/** An object of a JSON document. */
export type JsonObject = Readonly<Record<string, unknown>>;

function fieldOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Returns the field's value; undefined unless it is a string. */
export function textField(object: JsonObject, name: string): string | undefined {
  const value = fieldOf(object, name);
  return typeof value === 'string' ? value : undefined;
}

/** Returns the field's value; undefined unless it is a number. */
export function numberField(object: JsonObject, name: string): number | undefined {
  const value = fieldOf(object, name);
  if (value instanceof JsonNumber) return value.toJSON();
  return typeof value === 'number' ? value : undefined;
}

/** Returns the field's value; undefined unless it is a boolean. */
export function flagField(object: JsonObject, name: string): boolean | undefined {
  const value = fieldOf(object, name);
  return typeof value === 'boolean' ? value : undefined;
}

/** Returns the field's value; undefined unless it is an object. */
export function objectField(object: JsonObject, name: string): JsonObject | undefined {
  const value = fieldOf(object, name);
  return isJsonObject(value) ? value : undefined;
}

/** Returns the field's value; undefined unless it is a list of strings. */
export function textListField(object: JsonObject, name: string): readonly string[] | undefined {
  const value = fieldOf(object, name);
  return Array.isArray(value) && value.every(isText) ? value : undefined;
}

/** Returns the field's value; undefined unless it is an object with string values only. */
export function textMapField(object: JsonObject, name: string): Readonly<Record<string, string>> | undefined {
  const value = fieldOf(object, name);
  return isTextMap(value) ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextMap(value: unknown): value is Record<string, string> {
  return isJsonObject(value) && Object.values(value).every(isText);
}

/** Removes the properties that are undefined, from the object itself. */
export function withoutUndefined<Type extends JsonObject>(object: Type): Type {
  for (const name of Object.keys(object)) {
    if (object[name] === undefined) Reflect.deleteProperty(object, name);
  }
  return object;
}
