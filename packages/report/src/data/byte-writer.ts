/** Writes numbers of few bytes: seven bits a byte, the lowest first (LEB128). */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** @param expected the number of bytes that will probably be written */
  constructor(expected = 1024) {
    this.#bytes = new Uint8Array(expected);
  }

  /** Adds a whole number from 0 to 2^53. */
  number(value: number): void {
    this.#ensure(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Adds bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#ensure(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Adds bytes with their number before them. */
  block(bytes: Uint8Array): void {
    this.number(bytes.length);
    this.raw(bytes);
  }

  /** The number of bytes that were written, since the last `take`. */
  get length(): number {
    return this.#length;
  }

  /** Returns what was written since the last `take`, as a view that the next write changes. */
  take(): Uint8Array {
    const taken = this.finish();
    this.#length = 0;
    return taken;
  }

  /** Returns what was written, as a view. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #ensure(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Returns the number of bytes that a number takes. */
export function numberLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}
