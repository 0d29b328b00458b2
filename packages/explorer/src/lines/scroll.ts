/** Returns the first visible row, changed as little as possible so that `cursor` is visible. */
export function scrollTo(cursor: number, top: number, height: number, count: number): number {
  const least = Math.max(top, cursor - height + 1);
  return Math.max(0, Math.min(least, cursor, Math.max(0, count - height)));
}
