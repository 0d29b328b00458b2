export function monotonicMs(): number {
  return performance.now();
}
