import { NONE } from '@layers/core/rootfs';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignGroups } from '../../src/rechunk/align-groups.ts';

/** Aligns groups whose common bytes are in a table: a row for each group of the one version. */
function aligned(table: readonly (readonly number[])[], columns: number, bytes = table.map(sum)): number[] {
  const shared = table.map((row) => Float64Array.from(row));
  return [...alignGroups({ bytes: Float64Array.from(bytes), shared }, columns)];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('groups of two versions', () => {
  it('correspond by what they have in common, and others are inserted', () => {
    expect(
      aligned(
        [
          [9, 0],
          [0, 0],
          [0, 9],
        ],
        2,
        [9, 5, 9],
      ),
    ).toEqual([0, NONE, 1]);
    expect(
      aligned(
        [
          [0, 0],
          [9, 0],
          [0, 9],
          [0, 0],
        ],
        2,
        [5, 9, 9, 5],
      ),
    ).toEqual([NONE, 0, 1, NONE]);
    expect(
      aligned(
        [
          [0, 9, 0],
          [0, 0, 9],
        ],
        3,
      ),
    ).toEqual([1, 2]);
  });

  it('correspond in order where they have nothing in common', () => {
    expect(
      aligned(
        [
          [9, 0, 0],
          [0, 0, 0],
          [0, 0, 9],
        ],
        3,
        [9, 5, 9],
      ),
    ).toEqual([0, 1, 2]);
    expect(
      aligned(
        [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        2,
        [5, 5, 5],
      ),
    ).toEqual([0, 1, NONE]);
  });

  it('correspond to one together where most of each is in it, with what is between them', () => {
    expect(
      aligned(
        [
          [9, 0],
          [0, 0],
          [9, 0],
          [0, 9],
        ],
        2,
        [9, 5, 9, 9],
      ),
    ).toEqual([0, 0, 0, 1]);
    expect(
      aligned(
        [
          [9, 0],
          [4, 0],
          [0, 9],
        ],
        2,
        [9, 9, 9],
      ),
    ).toEqual([0, NONE, 1]);
  });

  it('are as many as possible in common, always in order', () => {
    const tables = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
      .chain(([rows, columns]) =>
        fc.array(fc.array(fc.nat(3), { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    fc.assert(
      fc.property(tables, fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }), (table, more) => {
        const columns = table[0]?.length ?? 0;
        const bytes = table.map((row, i) => sum(row) + (more[i] ?? 0));
        const found = aligned(table, columns, bytes);
        const known = found.filter((column) => column !== NONE);
        expect(known).toEqual([...known].sort((a, b) => a - b));
        expect(score(found, table)).toBeGreaterThanOrEqual(bestOneToOne(table, columns));
      }),
      { numRuns: runs(300, 20_000) },
    );
  });
});

/** The common bytes of groups that correspond, and one more for each that something corresponds to. */
function score(found: readonly number[], table: readonly (readonly number[])[]): number {
  const common = found.map((column, row) => table[row]?.[column] ?? 0);
  return sum(common) + new Set(found.filter((column) => column !== NONE)).size;
}

/** The best score where no two correspond to the same one, by trying all. */
function bestOneToOne(table: readonly (readonly number[])[], columns: number, row = 0, from = 0): number {
  const cells = table[row];
  if (cells === undefined) return 0;
  let best = bestOneToOne(table, columns, row + 1, from);
  for (let column = from; column < columns; column++)
    best = Math.max(best, 1 + (cells[column] ?? 0) + bestOneToOne(table, columns, row + 1, column + 1));
  return best;
}
