/** Anything that gives bytes by position, such as an open file. */
export interface SeekableBytes {
  /** Bytes in all. */
  readonly size: number;
  /** Fills `target` from `position`; returns how many bytes were read, fewer only at the end. */
  read(target: Uint8Array, position: number): number;
}

/** A part of a source in memory, moved along by need. */
export interface Window {
  readonly bytes: Uint8Array;
  /**
   * Index in `bytes` of the `count` bytes at `position` (at most MAX_WINDOW), or -1 where the source ends before
   * their end. What was found before may be gone after it.
   */
  find(position: number, count: number): number;
}

const MIN_WINDOW = 2 * 1024;
export const MAX_WINDOW = 64 * 1024;

/** Reading over this many bytes takes as long as one more call to read: gaps below it are read, not skipped. */
const WORTHWHILE_GAP = 8 * 1024;

/** Reads windows by need; their size follows how far apart the headers have stood of late. */
export function createWindow(source: SeekableBytes): Window {
  const bytes = new Uint8Array(MAX_WINDOW);
  let start = 0;
  let end = 0;
  let length = MIN_WINDOW;
  let found = 0;
  return {
    bytes,
    find(position, count) {
      if (position >= start && position + count <= end) {
        found++;
        return position - start;
      }
      const gap = (position - start) / Math.max(found, 1);
      length = gap <= WORTHWHILE_GAP ? Math.min(length * 2, MAX_WINDOW) : Math.max(length / 4, MIN_WINDOW);
      start = position;
      end = position + source.read(bytes.subarray(0, Math.max(length, count)), position);
      found = 1;
      return position + count <= end ? 0 : -1;
    },
  };
}
