/** A range of bytes; `end` is the position after the last one. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the range that a `Range` header asks for; null for none, for several, and for one in another unit, which
 * RFC 9110 section 14.2 allows to ignore; `unsatisfiable` for one outside the bytes.
 */
export function requestedRange(
  header: string | undefined,
  total: number,
): ByteRange | null | 'unsatisfiable' {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  if (first === '') {
    const length = Math.min(Number(last), total);
    return length === 0 ? 'unsatisfiable' : { start: total - length, end: total };
  }
  if (last !== '' && Number(last) < Number(first)) return null;
  if (Number(first) >= total) return 'unsatisfiable';
  return { start: Number(first), end: last === '' ? total : Math.min(Number(last) + 1, total) };
}

/** Returns how often each byte of `total` bytes occurs in the ranges at least. Zero bytes occur with each range. */
export function timesSent(ranges: readonly ByteRange[], total: number): number {
  if (total === 0) return ranges.length;
  let least = Number.POSITIVE_INFINITY;
  for (const { from, to, count } of steps(ranges, total)) if (from < to) least = Math.min(least, count);
  return least;
}

/** Returns the bytes in the ranges that occur in an earlier range, too. */
export function repeatedBytes(ranges: readonly ByteRange[]): number {
  const total = Math.max(0, ...ranges.map(({ end }) => end));
  return steps(ranges, total).reduce(
    (sum, { from, to, count }) => sum + (to - from) * Math.max(0, count - 1),
    0,
  );
}

/** Cuts bytes at the ends of all ranges, and counts the ranges over each piece. */
function steps(ranges: readonly ByteRange[], total: number): { from: number; to: number; count: number }[] {
  const cuts = [...new Set([0, total, ...ranges.flatMap(({ start, end }) => [start, end])])]
    .filter((cut) => cut <= total)
    .sort((a, b) => a - b);
  return cuts.slice(1).map((to, i) => {
    const from = cuts[i] ?? 0;
    return { from, to, count: ranges.filter(({ start, end }) => start <= from && end >= to).length };
  });
}
