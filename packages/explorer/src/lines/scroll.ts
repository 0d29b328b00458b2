/** Returns the first visible row, changed as little as possible so that `cursor` is visible. */
export function scrollTo(cursor: number, top: number, height: number, count: number): number {
  const least = Math.max(top, cursor - height + 1);
  return Math.max(0, Math.min(least, cursor, Math.max(0, count - height)));
}

/** Where a list is after the wheel scrolled it. */
export interface Scrolled {
  readonly top: number;
  readonly cursor: number;
}

/** Scrolls a list by rows. The cursor stays where it is, unless it would leave the screen. */
export function scrollBy(rows: number, cursor: number, top: number, height: number, count: number): Scrolled {
  const newTop = Math.max(0, Math.min(top + rows, count - height));
  return { top: newTop, cursor: Math.max(newTop, Math.min(cursor, newTop + height - 1, count - 1)) };
}
