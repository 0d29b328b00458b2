import { GoMap, GoNil, GoSlice, GoUint8, type GoValue, typeOf, zeroOf } from '../value.js';
import { CallError } from './call-error.js';

/** `len`: the bytes of a string, or the items of a slice or map. */
export function lengthOf(value: GoValue): bigint {
  if (typeof value === 'string') return BigInt(value.length);
  if (value instanceof GoSlice) return BigInt(value.items.length);
  if (value instanceof GoMap) return BigInt(value.entries.size);
  if (value === undefined || value === null || value instanceof GoNil)
    throw new CallError('len of nil pointer');
  throw new CallError(`len of type ${typeOf(value)}`);
}

/** `index`: an item of an item … of a value. */
export function indexed(value: GoValue, indexes: readonly GoValue[]): GoValue {
  if (value === undefined || value === null) throw new CallError('index of untyped nil');
  return indexes.reduce(itemOf, value);
}

function itemOf(value: GoValue, index: GoValue): GoValue {
  if (value === undefined || value === null || value instanceof GoNil)
    throw new CallError('index of nil pointer');
  if (value instanceof GoMap) {
    if (typeof index === 'string') {
      const item = value.entries.get(index);
      return item === undefined ? zeroOf(value.element) : item;
    }
    throw new CallError(
      index === undefined || index === null
        ? 'value is nil; should be of type string'
        : `value has type ${typeOf(index)}; should be string`,
    );
  }
  if (typeof value === 'string') {
    return new GoUint8(BigInt(value.charCodeAt(positionIn(index, value.length - 1))));
  }
  if (value instanceof GoSlice) return value.items[positionIn(index, value.items.length - 1)];
  throw new CallError(`can't index item of type ${typeOf(value)}`);
}

/** `slice`: a part of a string or a slice. */
export function sliced(value: GoValue, indexes: readonly GoValue[]): GoValue {
  if (value === undefined || value === null) throw new CallError('slice of untyped nil');
  if (value instanceof GoNil) throw new CallError('slice of nil pointer');
  if (indexes.length > 3) throw new CallError(`too many slice indexes: ${indexes.length}`);
  if (typeof value !== 'string' && !(value instanceof GoSlice)) {
    throw new CallError(`can't slice item of type ${typeOf(value)}`);
  }
  if (typeof value === 'string' && indexes.length === 3) throw new CallError('cannot 3-index slice a string');
  const length = typeof value === 'string' ? value.length : value.items.length;
  const [start = 0, end = length, capacity = length] = indexes.map((index) => positionIn(index, length));
  if (start > end) throw new CallError(`invalid slice index: ${start} > ${end}`);
  if (end > capacity) throw new CallError(`invalid slice index: ${end} > ${capacity}`);
  if (typeof value === 'string') return value.slice(start, end);
  return new GoSlice(value.items.slice(start, end), value.element, value.isNil);
}

function positionIn(index: GoValue, most: number): number {
  const position = index instanceof GoUint8 ? index.value : index;
  if (typeof position !== 'bigint') {
    throw new CallError(
      index === undefined || index === null
        ? 'cannot index slice/array with nil'
        : `cannot index slice/array with type ${typeOf(index)}`,
    );
  }
  if (position < 0n || position > BigInt(most)) throw new CallError(`index out of range: ${position}`);
  return Number(position);
}
