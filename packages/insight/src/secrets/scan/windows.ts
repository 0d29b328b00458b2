/** A range of a buffer that a pattern is tried on. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** Whether the contents go on before it, so that a match at its start may be the end of a longer one. */
  readonly isCut: boolean;
  /** Whether the next window has what a match at its end may go on with. */
  readonly continues: boolean;
}

/**
 * Joins ranges that overlap, and cuts long ones into windows that overlap by half. Every match of up to half the length
 * is whole in one of them, and contents full of keywords cost no more than twice their bytes.
 *
 * @param ranges ascending by `from`
 * @param length the most bytes of a window
 * @param first position of the first byte of the contents
 */
export function windowsOf(
  ranges: readonly { readonly from: number; readonly to: number }[],
  length: number,
  first: number,
): Window[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined.flatMap(({ from, to }) => {
    const windows: Window[] = [];
    for (let start = from; ; start += Math.floor(length / 2)) {
      const end = Math.min(to, start + length);
      windows.push({ from: start, to: end, isCut: start > first, continues: end < to });
      if (end === to) return windows;
    }
  });
}
