/** Returns null: a browser has no thread pool for this. */
export function inflateInParallel(): null {
  return null;
}
