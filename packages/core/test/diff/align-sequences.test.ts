import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignSequences, longestCommon, MAX_EDITS } from '../../src/diff/align-sequences.ts';

/** The textbook algorithm with a table. */
function lengthOfLongest(a: readonly string[], b: readonly string[]): number {
  let above = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const row = [0];
    for (const [j, y] of b.entries()) {
      row.push(x === y ? (above[j] ?? 0) + 1 : Math.max(above[j + 1] ?? 0, row[j] ?? 0));
    }
    above = row;
  }
  return above.at(-1) ?? 0;
}

const sequence = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '', '__proto__'), { maxLength: 20 });
const swapped = (pairs: readonly [number, number][]) => pairs.map(([x, y]): [number, number] => [y, x]);

/** A sequence and the same elements in reverse order. */
const reversed = (length: number) => {
  const a = Array.from({ length }, (_, i) => String(i));
  return { a, b: a.toReversed() };
};

describe('alignSequences', () => {
  test('pairs as many equal elements as possible, in order', () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const pairs = alignSequences(a, b);
        expect(pairs.map(([x]) => a[x])).toEqual(pairs.map(([, y]) => b[y]));
        for (const side of [0, 1] as const) {
          const positions = pairs.map((pair) => pair[side]);
          expect(positions).toEqual([...new Set(positions)].sort((x, y) => x - y));
        }
        expect(pairs).toHaveLength(lengthOfLongest(a, b));
      }),
      { numRuns: runs(500, 20_000) },
    );
  });

  test('swapping the sequences swaps the pairs', () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        expect(alignSequences(b, a)).toEqual(swapped(alignSequences(a, b)));
      }),
      { numRuns: runs(500, 20_000) },
    );
  });

  test('elements of one sequence only cost no edits', () => {
    const a = Array.from({ length: 200_000 }, (_, i) => (i % 50_000 === 7 ? `both ${i}` : `a ${i}`));
    const b = Array.from({ length: 200_000 }, (_, i) => (i % 50_000 === 7 ? `both ${i}` : `b ${i}`));
    expect(alignSequences(a, b)).toEqual([7, 50_007, 100_007, 150_007].map((i) => [i, i]));
  });

  test('pairs the common prefix and suffix beyond the limit', () => {
    const { a, b } = reversed(MAX_EDITS);
    const pairs = alignSequences(['x', 'y', ...a, 'z'], ['x', 'y', ...b, 'z']);
    expect(pairs).toEqual([0, 1, a.length + 2].map((i) => [i, i]));
    expect(longestCommon(['x', ...a], ['x', ...b])).toEqual({ pairs: null, edits: MAX_EDITS });
    expect(longestCommon(['x', ...a], ['x', ...b], 5)).toEqual({ pairs: null, edits: 5 });
  });

  test('pairs everything up to the limit', () => {
    const { a, b } = reversed(MAX_EDITS / 2 + 1);
    expect(longestCommon(a, b).pairs).toHaveLength(1);
  });
});
