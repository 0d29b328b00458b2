import { type GoString, goString } from './go-string.js';

/**
 * A value of a template, as Go's programs have them:
 *
 * | here | Go |
 * |---|---|
 * | `undefined` | no value: a key that a map does not have |
 * | `null` | an interface that holds nothing |
 * | `boolean` | `bool` |
 * | `bigint` | `int` |
 * | `number` | `float64` |
 * | `string` | `string`: one character for each byte, see `goString` |
 * | the classes below | `uint8`, `complex128`, slices, maps, structs, nil pointers |
 */
export type GoValue =
  | undefined
  | null
  | boolean
  | bigint
  | number
  | GoString
  | GoUint8
  | GoComplex
  | GoSlice
  | GoMap
  | GoStruct
  | GoNil;

/** The name of a type, as Go writes it: `string`, `[]string`, `map[string]interface {}`. */
export type GoType = string;

export const ANY: GoType = 'interface {}';

/** A byte of a string. */
export class GoUint8 {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

export class GoComplex {
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

export class GoSlice {
  readonly items: readonly GoValue[];
  /** The type of the items. */
  readonly element: GoType;
  readonly isNil: boolean;

  constructor(items: readonly GoValue[], element: GoType = ANY, isNil = false) {
    this.items = items;
    this.element = element;
    this.isNil = isNil;
  }
}

/** A map whose keys are strings. */
export class GoMap {
  readonly entries: ReadonlyMap<GoString, GoValue>;
  /** The type of the values. */
  readonly element: GoType;
  readonly isNil: boolean;

  constructor(entries: ReadonlyMap<GoString, GoValue>, element: GoType = ANY, isNil = false) {
    this.entries = entries;
    this.element = element;
    this.isNil = isNil;
  }

  /** The keys, in the order in which Go prints and visits them: that of their bytes. */
  get sortedKeys(): GoString[] {
    return [...this.entries.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }
}

/** A struct: a field that it does not have is an error. */
export class GoStruct {
  readonly type: GoType;
  readonly fields: ReadonlyMap<GoString, GoValue>;
  /** What `json` writes in place of the fields, where that is something else. */
  readonly document: GoValue;

  constructor(type: GoType, fields: ReadonlyMap<GoString, GoValue>, document?: GoValue) {
    this.type = type;
    this.fields = fields;
    this.document = document;
  }
}

/** A nil pointer, such as a field without a value. */
export class GoNil {
  /** The type of the pointer, such as `*v1.HealthcheckConfig`. */
  readonly type: GoType;

  constructor(type: GoType) {
    this.type = type;
  }
}

/** Returns the type of a value that is not `undefined` or `null`. */
export function typeOf(value: Exclude<GoValue, undefined | null>): GoType {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'string') return 'string';
  if (value instanceof GoUint8) return 'uint8';
  if (value instanceof GoComplex) return 'complex128';
  if (value instanceof GoSlice) return `[]${value.element}`;
  if (value instanceof GoMap) return `map[string]${value.element}`;
  return value.type;
}

/** Returns the zero value of a type. Of a type that is not known, it is nothing. */
export function zeroOf(type: GoType): GoValue {
  if (type === 'string') return '';
  if (type === 'bool') return false;
  if (type === 'int') return 0n;
  if (type === 'float64') return 0;
  if (type === 'struct {}') return new GoStruct(type, new Map());
  if (type.startsWith('[]')) return new GoSlice([], type.slice(2), true);
  if (type.startsWith('map[string]')) return new GoMap(new Map(), type.slice('map[string]'.length), true);
  return null;
}

/** Whether `if` takes a value as true: Go's rule is that the zero value of each type, and what is empty, is not. */
export function isTrue(value: GoValue): boolean {
  if (value === undefined || value === null || value instanceof GoNil) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  if (value instanceof GoUint8) return value.value !== 0n;
  if (value instanceof GoComplex) return value.real !== 0 || value.imaginary !== 0;
  if (value instanceof GoSlice) return value.items.length > 0;
  if (value instanceof GoMap) return value.entries.size > 0;
  return true;
}

/** Data as `JSON.parse` returns it, and integers. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** Returns JSON data as Go decodes it without a type: numbers are `float64`, objects `map[string]interface {}`. */
export function fromJson(data: Json | undefined): GoValue {
  if (data === undefined || data === null) return null;
  if (typeof data === 'string') return goString(data);
  if (typeof data !== 'object') return data;
  if (isList(data)) return new GoSlice(data.map(fromJson));
  const entries = new Map<GoString, GoValue>();
  for (const [key, value] of Object.entries(data)) {
    if (value !== undefined) entries.set(goString(key), fromJson(value));
  }
  return new GoMap(entries);
}

function isList(data: object): data is readonly Json[] {
  return Array.isArray(data);
}
