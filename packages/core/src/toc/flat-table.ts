import { InvalidToc } from './invalid-toc.js';

/** A table of FlatBuffers data (flatbuffers.dev, "Format"), whose fields are read by their numbers. Every access is checked. */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;

  /** Returns the root table. Throws InvalidToc. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return guarded(() => new FlatTable(view, view.getUint32(0, true)));
  }

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  byte(field: number, missing: number): number {
    return this.#read(field, missing, (at) => this.#view.getInt8(at));
  }

  int(field: number): number {
    return this.#read(field, 0, (at) => this.#view.getInt32(at, true));
  }

  unsigned(field: number): number {
    return this.#read(field, 0, (at) => this.#view.getUint32(at, true));
  }

  /** Returns a number of 64 bits. Throws for one that is negative or not exact. */
  long(field: number): number {
    const value = this.#read(field, 0, (at) => Number(this.#view.getBigInt64(at, true)));
    if (!Number.isSafeInteger(value) || value < 0) throw new InvalidToc('it has an invalid number');
    return value;
  }

  /** Returns a text or a list of bytes, as a view. */
  bytes(field: number): Uint8Array {
    return this.#read(field, new Uint8Array(0), (at) => this.#bytesAt(at));
  }

  text(field: number): string {
    return Buffer.from(this.bytes(field)).toString('utf8');
  }

  table(field: number): FlatTable | null {
    return this.#read(field, null, (at) => new FlatTable(this.#view, this.#target(at)));
  }

  tables(field: number): readonly FlatTable[] {
    return this.#list(field, (at) => new FlatTable(this.#view, this.#target(at)));
  }

  texts(field: number): readonly string[] {
    return this.#list(field, (at) => Buffer.from(this.#bytesAt(at)).toString('utf8'));
  }

  #read<Value>(field: number, missing: Value, read: (at: number) => Value): Value {
    return guarded(() => {
      const view = this.#view;
      const fields = this.#at - view.getInt32(this.#at, true);
      const entry = 4 + field * 2;
      const offset = entry < view.getUint16(fields, true) ? view.getUint16(fields + entry, true) : 0;
      return offset === 0 ? missing : read(this.#at + offset);
    });
  }

  #list<Item>(field: number, read: (at: number) => Item): readonly Item[] {
    return this.#read<readonly Item[]>(field, [], (at) => {
      const start = this.#target(at);
      const count = this.#view.getUint32(start, true);
      if (count * 4 > this.#view.byteLength - start) throw new InvalidToc('it has a list without an end');
      return Array.from({ length: count }, (_, i) => read(start + 4 + i * 4));
    });
  }

  #target(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  #bytesAt(at: number): Uint8Array {
    const start = this.#target(at);
    const length = this.#view.getUint32(start, true);
    if (start + 4 + length > this.#view.byteLength) throw new InvalidToc('it has a text without an end');
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start + 4, length);
  }
}

function guarded<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidToc('it has a position outside of itself');
    throw error;
  }
}
