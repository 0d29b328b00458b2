/** A column of numbers. */
export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

type ColumnType<T extends Column> = {
  new (buffer: ArrayBuffer, offset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** Bytes that are not what was written. */
export class Damage extends Error {}

/** Typed arrays are read in the order of bytes of the machine that wrote them. */
const BYTE_ORDER = 0x01020304;
const HEAD_WORDS = 4;
const ALIGNMENT = 8;

/**
 * Returns a document and columns as bytes: the order of bytes, the length of the document, and the number of columns, each 32
 * bits; the length of each column in bytes; the document as JSON; and the columns. Everything is aligned to 8 bytes.
 */
export function packColumns(document: unknown, columns: readonly Column[]): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(document));
  const head = Uint32Array.of(BYTE_ORDER, text.length, columns.length, 0);
  const lengths = Float64Array.from(columns, ({ byteLength }) => byteLength);
  return [bytesOf(head), bytesOf(lengths), ...aligned(text), ...columns.flatMap((c) => aligned(bytesOf(c)))];
}

/** Reads what `packColumns` wrote. The columns are views of the bytes, which start at a multiple of 8 of their buffer. */
export class ColumnReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #lengths: readonly number[];
  readonly document: unknown;
  #at: number;
  #next = 0;

  /** @throws Damage */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#at = 0;
    const [order, textBytes = 0, count = 0] = this.#view(Uint32Array, HEAD_WORDS);
    if (order !== BYTE_ORDER || count > bytes.length / ALIGNMENT) throw new Damage();
    this.#lengths = [...this.#view(Float64Array, count)];
    this.document = parse(this.#view(Uint8Array, textBytes));
  }

  /** Returns the next column, which must have `length` values. Throws Damage. */
  take<T extends Column>(type: ColumnType<T>, length: number): T {
    if (this.#lengths[this.#next++] !== length * type.BYTES_PER_ELEMENT) throw new Damage();
    return this.#view(type, length);
  }

  /** Throws Damage where something is left. */
  end(): void {
    if (this.#next !== this.#lengths.length || this.#at !== this.#bytes.length) throw new Damage();
  }

  #view<T extends Column>(type: ColumnType<T>, length: number): T {
    const bytes = length * type.BYTES_PER_ELEMENT;
    const end = this.#at + bytes + paddingOf(bytes);
    if (!Number.isSafeInteger(length) || length < 0 || end > this.#bytes.length) throw new Damage();
    const view = new type(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, length);
    this.#at = end;
    return view;
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    throw new Damage();
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Column): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function aligned(bytes: Uint8Array): Uint8Array[] {
  const padding = paddingOf(bytes.length);
  return padding === 0 ? [bytes] : [bytes, new Uint8Array(padding)];
}

function paddingOf(bytes: number): number {
  return (ALIGNMENT - (bytes % ALIGNMENT)) % ALIGNMENT;
}
