/** Returns the row that a key moves to; null for other keys. */
export function movedRow(key: string, row: number, height: number, count: number): number | null {
  const page = Math.max(1, height - 1);
  const half = Math.ceil(page / 2);
  const rows: Readonly<Record<string, number>> = {
    up: row - 1,
    k: row - 1,
    down: row + 1,
    j: row + 1,
    pageup: row - page,
    pagedown: row + page,
    'ctrl-b': row - page,
    'ctrl-u': row - half,
    'ctrl-d': row + half,
    home: 0,
    g: 0,
    end: count - 1,
    G: count - 1,
  };
  return Object.hasOwn(rows, key) ? (rows[key] ?? null) : null;
}
