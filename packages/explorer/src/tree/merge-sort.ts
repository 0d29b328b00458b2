/** Comparisons between two pauses. */
const STEP = 2048;

/** Sorts positions in place, stable, and yields between steps, so that the caller can do something else. */
export function* sortSlowly(
  items: Int32Array,
  compare: (a: number, b: number) => number,
): Generator<undefined> {
  const { length } = items;
  let from: Int32Array = items;
  let to: Int32Array = new Int32Array(length);
  let done = 0;
  for (let run = 1; run < length; run *= 2) {
    for (let start = 0; start < length; start += 2 * run) {
      const middle = Math.min(start + run, length);
      const end = Math.min(start + 2 * run, length);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        const takesLeft = left < middle && (right >= end || compare(from[left] ?? 0, from[right] ?? 0) <= 0);
        to[at] = from[takesLeft ? left++ : right++] ?? 0;
        if (++done % STEP === 0) yield;
      }
    }
    [from, to] = [to, from];
  }
  if (from !== items) items.set(from);
}
