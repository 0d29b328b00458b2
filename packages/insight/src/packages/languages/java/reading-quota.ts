/** Limits of one file, with the archives in it. The same bytes may be the content of many archives, in each other. */
const MAX_ENTRIES = 5_000_000;
const MAX_ARCHIVES = 20_000;
const MAX_POMS = 100_000;
const MAX_BYTES = 1024 ** 3;
const MAX_HELD_BYTES = 128 * 1024 ** 2;

/** Counts what reading a file and the archives in it costs. Methods return false where a limit is reached. */
export class ReadingQuota {
  #entries = 0;
  #archives = 0;
  #poms = 0;
  #bytes = 0;
  #held = 0;

  takeEntry(): boolean {
    return ++this.#entries <= MAX_ENTRIES;
  }

  takeArchive(): boolean {
    return ++this.#archives <= MAX_ARCHIVES;
  }

  takePom(): boolean {
    return ++this.#poms <= MAX_POMS;
  }

  /** Takes bytes of content, inflated. */
  takeBytes(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= MAX_BYTES;
  }

  /**
   * Calls `use`, which holds so many bytes of content in memory, and at first also its compressed form. Returns null,
   * without a call, where these are too many.
   */
  hold<T>(bytes: number, compressedBytes: number, use: () => T): T | null {
    const isTooMuch = this.#held + bytes + compressedBytes > MAX_HELD_BYTES;
    if (isTooMuch || !this.takeBytes(bytes)) return null;
    this.#held += bytes;
    try {
      return use();
    } finally {
      this.#held -= bytes;
    }
  }
}
