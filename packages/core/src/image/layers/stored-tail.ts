import { MAX_STORED_TOC_BYTES } from '../../toc/index.js';

/** The last bytes of a blob that passes once: those in which its table of contents must be. */
export class StoredTail {
  /** The bytes of the whole blob. */
  readonly size: number;
  readonly #start: number;
  #bytes = new Uint8Array(0);
  #written = 0;

  /** @param size the bytes of the whole blob */
  constructor(size: number) {
    this.size = size;
    this.#start = Math.max(0, size - MAX_STORED_TOC_BYTES);
  }

  /** Adds the next bytes of the blob. */
  write(bytes: Uint8Array): void {
    const before = Math.max(0, this.#start - this.#written);
    const at = Math.max(0, this.#written - this.#start);
    this.#written += bytes.length;
    if (before >= bytes.length) return;
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.size - this.#start);
    this.#bytes.set(bytes.subarray(before, before + this.#bytes.length - at), at);
  }

  /** Reads bytes at a position of the blob. Returns how many: none of those that were not kept. */
  read(target: Uint8Array, position: number): number {
    const at = position - this.#start;
    if (at < 0) return 0;
    const part = this.#bytes.subarray(at, at + target.length);
    target.set(part);
    return part.length;
  }
}
