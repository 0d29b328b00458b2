/** A typed array that grows. Values that were never written are 0. */
export interface Column<T extends TypedArray> {
  /** The array with its spare room. Read it again after `ensure`. */
  values: T;
  /** Makes room for `length` values, and for as many as are likely where it grows. */
  ensure(length: number, likely?: number): void;
  /** Returns a copy of the first `length` values. */
  trimmed(length: number): T;
}

type TypedArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

export function createColumn<T extends TypedArray>(make: (length: number) => T, initial = 256): Column<T> {
  const column: Column<T> = {
    values: make(initial),
    ensure(length, likely = 0) {
      if (length <= column.values.length) return;
      const grown = make(Math.max(length, likely, nextCapacity(column.values.length)));
      grown.set(column.values);
      column.values = grown;
    },
    trimmed(length) {
      const exact = make(length);
      exact.set(column.values.subarray(0, length));
      return exact;
    },
  };
  return column;
}

/** Small columns double; large ones grow by half, to save memory. */
function nextCapacity(capacity: number): number {
  return Math.ceil(capacity * (capacity < 65_536 ? 2 : 1.5));
}

interface Growable {
  readonly values: TypedArray;
  ensure(length: number): void;
}

/**
 * Returns a function that grows columns together, so that one comparison shows whether all have room. Where they grow, they get
 * room for as many values as are likely: memory that is never touched costs nothing.
 */
export function growTogether(columns: readonly Growable[]): (length: number, likely?: number) => void {
  let capacity = Math.min(...columns.map(({ values }) => values.length));
  return (length, likely = 0) => {
    if (length <= capacity) return;
    capacity = Math.max(length, likely, nextCapacity(capacity));
    for (const column of columns) column.ensure(capacity);
  };
}

export const bytesColumn = (initial?: number): Column<Uint8Array> =>
  createColumn((n) => new Uint8Array(n), initial);
export const shortsColumn = (initial?: number): Column<Uint16Array> =>
  createColumn((n) => new Uint16Array(n), initial);
export const wordsColumn = (initial?: number): Column<Uint32Array> =>
  createColumn((n) => new Uint32Array(n), initial);
export const indexColumn = (initial?: number): Column<Int32Array> =>
  createColumn((n) => new Int32Array(n), initial);
export const numbersColumn = (initial?: number): Column<Float64Array> =>
  createColumn((n) => new Float64Array(n), initial);
