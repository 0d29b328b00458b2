import { MalformedFile } from './malformed-file.js';

/** The numbers and texts of a binary structure. Every access outside of its bytes throws MalformedFile. */
export class BinaryFields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #isLittleEndian: boolean;

  constructor(bytes: Uint8Array, isLittleEndian: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isLittleEndian = isLittleEndian;
  }

  u8(offset: number): number {
    return this.#view.getUint8(this.#checked(offset, 1));
  }

  u16(offset: number): number {
    return this.#view.getUint16(this.#checked(offset, 2), this.#isLittleEndian);
  }

  u32(offset: number): number {
    return this.#view.getUint32(this.#checked(offset, 4), this.#isLittleEndian);
  }

  /** Throws MalformedFile for numbers of 2^53 and more, which no size or position of a file is. */
  u64(offset: number): number {
    const value = this.#view.getBigUint64(this.#checked(offset, 8), this.#isLittleEndian);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedFile(`the number ${value} is too large`);
    return Number(value);
  }

  /** Returns a number with 4 or 8 bytes. */
  word(offset: number, bytes: 4 | 8): number {
    return bytes === 4 ? this.u32(offset) : this.u64(offset);
  }

  /** Returns the bytes up to the first NUL, at most `length`, as Latin-1. */
  text(offset: number, length: number): string {
    const start = this.#checked(offset, 0);
    const bytes = this.#bytes.subarray(start, start + length);
    const end = bytes.indexOf(0);
    return Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString('latin1');
  }

  #checked(offset: number, length: number): number {
    if (!(offset >= 0 && offset + length <= this.#bytes.length)) {
      throw new MalformedFile(`a structure ends before byte ${offset + length}`);
    }
    return offset;
  }
}
