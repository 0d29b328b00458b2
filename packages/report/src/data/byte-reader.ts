/** Reads what `ByteWriter` wrote. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++] ?? 0;
    if (byte < 0x80) return byte;
    let value = byte - 0x80;
    let scale = 0x80;
    do {
      byte = bytes[this.#at++] ?? 0;
      value += (byte % 0x80) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  /** Returns the next block as a view. */
  block(): Uint8Array {
    const length = this.number();
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new Error('the data of the report is truncated');
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }
}
