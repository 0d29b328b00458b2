/** Returns seconds of a monotonic clock. */
export function now(): number {
  return performance.now() / 1000;
}
