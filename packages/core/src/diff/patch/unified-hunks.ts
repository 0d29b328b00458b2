/** One byte for each line: 1 where the other side does not have the line. */
export type Edits = Uint8Array<ArrayBuffer>;

export interface Side {
  /** Each with its line feed; the last may have none. */
  readonly lines: readonly string[];
  readonly edits: Edits;
}

/**
 * Moves each group of edited lines down as far as possible without changing the result, as diff and git do. So an
 * added block ends with its own last line, and not with a line equal to the one before the block. Adjacent groups
 * merge; a group beside edited lines of the other side stays.
 *
 * @param edits of `lines`, changed in place
 */
export function slideDown(lines: readonly string[], edits: Edits, other: Edits): void {
  let atOther = 0;
  for (let start = 0; start < lines.length; start++) {
    if (edits[start] === 0) {
      while (other[atOther] === 1) atOther++;
      atOther++;
      continue;
    }
    let end = start;
    while (edits[end] === 1) end++;
    while (end < lines.length && other[atOther] === 0 && lines[start] === lines[end]) {
      edits[start++] = 0;
      edits[end++] = 1;
      atOther++;
      while (edits[end] === 1) end++;
    }
    start = end - 1;
  }
}

/** Formats the hunks of a unified diff; empty where nothing is edited. */
export function unifiedHunks(a: Side, b: Side, context: number): string {
  const out: string[] = [];
  let atA = 0;
  let atB = 0;
  for (;;) {
    const unchanged = unchangedFrom(a, b, atA, atB);
    atA += unchanged;
    atB += unchanged;
    if (atA >= a.lines.length && atB >= b.lines.length) return out.join('');
    const before = Math.min(context, unchanged);
    const startA = atA - before;
    const startB = atB - before;
    const body: string[] = [];
    for (const line of a.lines.slice(startA, atA)) body.push(lineOf(' ', line));
    for (;;) {
      while (a.edits[atA] === 1) body.push(lineOf('-', a.lines[atA++] ?? ''));
      while (b.edits[atB] === 1) body.push(lineOf('+', b.lines[atB++] ?? ''));
      const next = unchangedFrom(a, b, atA, atB);
      const last = atA + next >= a.lines.length && atB + next >= b.lines.length;
      const joined = !last && next <= 2 * context;
      const shown = joined ? next : Math.min(context, next);
      for (const line of a.lines.slice(atA, atA + shown)) body.push(lineOf(' ', line));
      atA += shown;
      atB += shown;
      if (!joined) break;
    }
    out.push(`@@ -${range(startA, atA)} +${range(startB, atB)} @@\n`);
    for (const line of body) out.push(line);
  }
}

function unchangedFrom(a: Side, b: Side, atA: number, atB: number): number {
  let count = 0;
  while (a.edits[atA + count] === 0 && b.edits[atB + count] === 0) count++;
  return count;
}

const lineOf = (mark: string, line: string): string =>
  line.endsWith('\n') ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`;

/** Formats a range of lines. Lines count from 1; an empty range names the line before it. */
function range(start: number, end: number): string {
  const count = end - start;
  if (count === 0) return `${start},0`;
  return count === 1 ? `${start + 1}` : `${start + 1},${count}`;
}
