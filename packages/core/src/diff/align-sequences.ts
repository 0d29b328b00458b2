import { diffArrays } from 'diff';

/**
 * The search stops after this many edits. Its time and memory grow with the square of this number: it takes under
 * half a second for sequences of a million elements that are built to be slow.
 */
export const MAX_EDITS = 2000;

/**
 * Finds a longest common subsequence of two sequences.
 *
 * Elements that only one sequence has cost nothing. Of the shared elements at most `MAX_EDITS` may be out of order;
 * beyond that, only the common prefix and suffix are paired.
 *
 * @returns pairs of positions in `a` and `b`, both ascending. Swapping `a` and `b` swaps the positions in each pair
 */
export function alignSequences(a: readonly string[], b: readonly string[]): [number, number][] {
  const ends = commonEnds(a, b);
  return [...ends.before, ...(middle(a, b, ends, MAX_EDITS).pairs ?? []), ...ends.after];
}

/** A longest common subsequence, and the edits of the search; its time and memory grow with their square. */
export interface Common {
  /** Null where the search would exceed the most edits. */
  readonly pairs: readonly (readonly [number, number])[] | null;
  readonly edits: number;
}

/** Works as `alignSequences`, but finds nothing where the search would exceed `maxEdits`. */
export function longestCommon(
  a: readonly string[],
  b: readonly string[],
  maxEdits: number = MAX_EDITS,
): Common {
  const ends = commonEnds(a, b);
  const { pairs, edits } = middle(a, b, ends, maxEdits);
  return { pairs: pairs === null ? null : [...ends.before, ...pairs, ...ends.after], edits };
}

interface CommonEnds {
  readonly before: readonly [number, number][];
  readonly after: readonly [number, number][];
}

function commonEnds(a: readonly string[], b: readonly string[]): CommonEnds {
  const shorter = Math.min(a.length, b.length);
  const before: [number, number][] = [];
  while (before.length < shorter && a[before.length] === b[before.length]) {
    before.push([before.length, before.length]);
  }
  let count = 0;
  while (count < shorter - before.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  const after = Array.from({ length: count }, (_, i): [number, number] => [
    a.length - count + i,
    b.length - count + i,
  ]);
  return { before, after };
}

function middle(
  a: readonly string[],
  b: readonly string[],
  { before, after }: CommonEnds,
  maxEdits: number,
): { readonly pairs: [number, number][] | null; readonly edits: number } {
  const middleA = a.slice(before.length, a.length - after.length);
  const middleB = b.slice(before.length, b.length - after.length);
  const inA = positionsOfShared(middleA, before.length, new Set(middleB));
  const inB = positionsOfShared(middleB, before.length, new Set(middleA));
  const sharedA = inA.map((i) => a[i] ?? '');
  const sharedB = inB.map((i) => b[i] ?? '');
  // Among equally long subsequences the search prefers one side. Choosing the side by content keeps the result symmetric.
  const isSwapped = comesAfter(sharedA, sharedB);
  const found = isSwapped ? search(sharedB, sharedA, maxEdits) : search(sharedA, sharedB, maxEdits);
  if (found === null) return { pairs: null, edits: maxEdits };
  return {
    pairs: found.map(([x, y]): [number, number] =>
      isSwapped ? [inA[y] ?? 0, inB[x] ?? 0] : [inA[x] ?? 0, inB[y] ?? 0],
    ),
    edits: sharedA.length + sharedB.length - 2 * found.length,
  };
}

/** Elements of one sequence alone are in no common subsequence and would only lengthen the search. */
function positionsOfShared(of: readonly string[], first: number, other: ReadonlySet<string>): number[] {
  const positions: number[] = [];
  for (const [i, element] of of.entries()) if (other.has(element)) positions.push(first + i);
  return positions;
}

function comesAfter(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return a.length > b.length;
  for (const [i, element] of a.entries()) {
    const other = b[i] ?? '';
    if (element !== other) return element > other;
  }
  return false;
}

/** Runs Myers' search over numbers, which compare faster than strings. */
function search(a: readonly string[], b: readonly string[], maxEdits: number): [number, number][] | null {
  const numbers = new Map<string, number>();
  const numbered = (element: string): number => {
    const known = numbers.get(element);
    if (known !== undefined) return known;
    numbers.set(element, numbers.size);
    return numbers.size - 1;
  };
  const runs = diffArrays(a.map(numbered), b.map(numbered), { maxEditLength: maxEdits });
  if (runs === undefined) return null;
  const pairs: [number, number][] = [];
  let atA = 0;
  let atB = 0;
  for (const { added, removed, count } of runs) {
    if (!added && !removed) for (let i = 0; i < count; i++) pairs.push([atA + i, atB + i]);
    if (!added) atA += count;
    if (!removed) atB += count;
  }
  return pairs;
}
