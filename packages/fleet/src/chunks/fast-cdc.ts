import { createHash } from 'node:crypto';

/** The bytes of a chunk: at least `least`, but for the last chunk of a file, and at most `most`. */
export const CHUNK_BYTES = { least: 4096, average: 16_384, most: 65_536 } as const;

/** How many bits of the hash are zero where a chunk ends: before it has `CHUNK_BYTES.average` bytes, and after that. */
export const ZERO_BITS = { before: 16, after: 12 } as const;

/** A number for each value of a byte: the first four bytes of its SHA-256, the highest one first. */
export const GEAR: Int32Array = Int32Array.from({ length: 256 }, (_, byte) =>
  createHash('sha256').update(Uint8Array.of(byte)).digest().readInt32BE(),
);

/**
 * Finds where chunks end, by the bytes alone: FastCDC with normalized chunking (Xia et al., USENIX ATC 2016). A file that
 * differs from another in a part has the same chunks elsewhere.
 *
 * Each byte after the first `least` of a chunk makes a hash of 32 bits, `hash = 2 * hash + GEAR[byte]`, which depends on the last
 * 32 of them. A chunk ends after the byte where the highest bits of the hash are zero. There are more of these bits while the chunk
 * is small, so that most chunks are near the average.
 */
export class Chunker {
  #hash = 0;
  /** The bytes of the chunk at hand. */
  #bytes = 0;

  /**
   * Goes on with the next bytes of a file. Returns where the chunk at hand ends, or -1 where it goes on after them.
   *
   * @param from where in `bytes` to begin
   */
  end(bytes: Uint8Array, from: number): number {
    const { least, average, most } = CHUNK_BYTES;
    const stop = bytes.length;
    const start = from - this.#bytes;
    let at = Math.min(Math.max(from, start + least), stop);
    let hash = this.#hash;
    const beforeAverage = Math.min(stop, start + average);
    for (; at < beforeAverage; at++) {
      hash = ((hash << 1) + (GEAR[bytes[at] ?? 0] ?? 0)) | 0;
      if (hash >>> (32 - ZERO_BITS.before) === 0) return this.#cut(at + 1);
    }
    const beforeMost = Math.min(stop, start + most);
    for (; at < beforeMost; at++) {
      hash = ((hash << 1) + (GEAR[bytes[at] ?? 0] ?? 0)) | 0;
      if (hash >>> (32 - ZERO_BITS.after) === 0) return this.#cut(at + 1);
    }
    if (at === start + most) return this.#cut(at);
    this.#hash = hash;
    this.#bytes = stop - start;
    return -1;
  }

  /** Begins another file. */
  reset(): void {
    this.#hash = 0;
    this.#bytes = 0;
  }

  #cut(end: number): number {
    this.reset();
    return end;
  }
}
