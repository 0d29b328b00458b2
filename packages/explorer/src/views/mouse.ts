/** What a mouse did at a place of the screen; the top left cell is at column 0 of row 0. */
export interface MouseInput {
  readonly kind: 'click' | 'double-click' | 'wheel-up' | 'wheel-down';
  readonly column: number;
  readonly row: number;
}

/** Rows that the wheel scrolls at once, as in other programs. */
const WHEEL_ROWS = 3;

/** Returns the rows that the wheel scrolls, downwards; 0 for a click. */
export function wheelRows({ kind }: MouseInput): number {
  if (kind === 'wheel-down') return WHEEL_ROWS;
  return kind === 'wheel-up' ? -WHEEL_ROWS : 0;
}
