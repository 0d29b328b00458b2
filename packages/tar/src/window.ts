/** A source of bytes that can be read at any position, such as an open file. */
export interface SeekableBytes {
  /** Length of the source in bytes. */
  readonly size: number;
  /** Fills `target` with the bytes from `position` on; returns the bytes read, fewer only at the end. */
  read(target: Uint8Array, position: number): number;
}

/** The part of a source that is in memory. */
export interface Window {
  readonly bytes: Uint8Array;
  /** Position in bytes of the first byte that is in memory, and of that after the last. */
  readonly start: number;
  readonly end: number;
  /**
   * Returns the index in `bytes` of the `count` bytes at `position` (at most MAX_WINDOW), or -1 where the source
   * ends before them. A call may overwrite what earlier calls found.
   */
  find(position: number, count: number): number;
  /** Counts headers that were found without `find`: their distance decides how much is read next. */
  count(headers: number): void;
}

const MIN_WINDOW = 2 * 1024;
export const MAX_WINDOW = 64 * 1024;

/** Reading this many bytes takes as long as one more system call, so smaller gaps are read, not skipped. */
const WORTHWHILE_GAP = 8 * 1024;

/** Creates a window whose size follows the mean distance of the headers that were read last. */
export function createWindow(
  source: SeekableBytes,
  bytes: Uint8Array = new Uint8Array(Math.min(MAX_WINDOW, source.size)),
): Window {
  return new SlidingWindow(source, bytes);
}

class SlidingWindow implements Window {
  readonly bytes: Uint8Array;
  readonly #source: SeekableBytes;
  #start = 0;
  #end = 0;
  #length = MIN_WINDOW;
  #hits = 0;

  constructor(source: SeekableBytes, bytes: Uint8Array) {
    this.#source = source;
    this.bytes = bytes;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  find(position: number, count: number): number {
    if (position >= this.#start && position + count <= this.#end) {
      this.#hits++;
      return position - this.#start;
    }
    const gap = (position - this.#start) / Math.max(this.#hits, 1);
    const isDense = gap <= WORTHWHILE_GAP;
    this.#length = isDense ? Math.min(this.#length * 2, MAX_WINDOW) : Math.max(this.#length / 4, MIN_WINDOW);
    this.#start = position;
    const target = this.bytes.subarray(0, Math.max(this.#length, count));
    this.#end = position + this.#source.read(target, position);
    this.#hits = 1;
    return position + count <= this.#end ? 0 : -1;
  }

  count(headers: number): void {
    this.#hits += headers;
  }
}
