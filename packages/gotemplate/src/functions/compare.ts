import { GoComplex, GoMap, GoNil, GoSlice, GoStruct, GoUint8, type GoValue, typeOf } from '../value.js';
import { CallError } from './call-error.js';

type Kind = 'boolean' | 'complex' | 'int' | 'float' | 'string' | null;

function kindOf(value: GoValue): Kind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'bigint' || value instanceof GoUint8) return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return 'string';
  return value instanceof GoComplex ? 'complex' : null;
}

/** Whether the first value is equal to one of the others. Later ones are not looked at then. */
export function isEqualToAny(value: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new CallError('missing argument for comparison');
  return others.some((other) => isEqual(value, other));
}

function isEqual(a: GoValue, b: GoValue): boolean {
  const kind = kindOf(a);
  if (kind !== kindOf(b)) {
    if (isNothing(a) || isNothing(b)) return false;
    throw incompatible(a, b);
  }
  if (kind === 'int') return intOf(a) === intOf(b);
  if (a instanceof GoComplex && b instanceof GoComplex) {
    return a.real === b.real && a.imaginary === b.imaginary;
  }
  return kind === null ? isEqualObject(a, b) : a === b;
}

function isEqualObject(a: GoValue, b: GoValue): boolean {
  if (!isNothing(a) && !isNothing(b) && a.constructor !== b.constructor) throw incompatible(a, b);
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (a instanceof GoStruct && b instanceof GoStruct && isComparable(b)) return isEqualStruct(a, b);
  throw new CallError(`non-comparable type ${nameOf(b)}`);
}

function isEqualStruct(a: GoStruct, b: GoStruct): boolean {
  if (a.type !== b.type || a.fields.size !== b.fields.size) return false;
  return [...a.fields].every(([name, value]) => isEqual(value, b.fields.get(name)));
}

function isComparable({ fields }: GoStruct): boolean {
  return [...fields.values()].every(
    (value) =>
      !(value instanceof GoSlice || value instanceof GoMap) &&
      !(value instanceof GoStruct && !isComparable(value)),
  );
}

function isNothing(value: GoValue): value is undefined | null {
  return value === undefined || value === null;
}

function isNil(value: GoValue): boolean {
  if (value instanceof GoSlice || value instanceof GoMap) return value.isNil;
  return isNothing(value) || value instanceof GoNil;
}

/** Whether the first value is less than the second. */
export function isLess(a: GoValue, b: GoValue): boolean {
  const kind = kindOf(a);
  if (kind === null || kindOf(b) === null) throw new CallError('invalid type for comparison');
  if (kind !== kindOf(b)) throw incompatible(a, b);
  if (kind === 'int') return intOf(a) < intOf(b);
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  throw new CallError('invalid type for comparison');
}

function intOf(value: GoValue): bigint {
  if (value instanceof GoUint8) return value.value;
  return typeof value === 'bigint' ? value : 0n;
}

function incompatible(a: GoValue, b: GoValue): CallError {
  return new CallError(`incompatible types for comparison: ${nameOf(a)} and ${nameOf(b)}`);
}

function nameOf(value: GoValue): string {
  return isNothing(value) ? 'nil' : typeOf(value);
}
