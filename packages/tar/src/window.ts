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
  /**
   * Returns the index in `bytes` of the `count` bytes at `position` (at most MAX_WINDOW), or -1 where the source
   * ends before them. A call may overwrite what earlier calls found.
   */
  find(position: number, count: number): number;
}

const MIN_WINDOW = 2 * 1024;
export const MAX_WINDOW = 64 * 1024;

/** Reading this many bytes takes as long as one more system call, so smaller gaps are read, not skipped. */
const WORTHWHILE_GAP = 8 * 1024;

/** Creates a window whose size follows the mean distance of the headers that were read last. */
export function createWindow(source: SeekableBytes): Window {
  const bytes = new Uint8Array(Math.min(MAX_WINDOW, source.size));
  let start = 0;
  let end = 0;
  let length = MIN_WINDOW;
  let hits = 0;
  return {
    bytes,
    find(position, count) {
      if (position >= start && position + count <= end) {
        hits++;
        return position - start;
      }
      const gap = (position - start) / Math.max(hits, 1);
      length = gap <= WORTHWHILE_GAP ? Math.min(length * 2, MAX_WINDOW) : Math.max(length / 4, MIN_WINDOW);
      start = position;
      end = position + source.read(bytes.subarray(0, Math.max(length, count)), position);
      hits = 1;
      return position + count <= end ? 0 : -1;
    },
  };
}
