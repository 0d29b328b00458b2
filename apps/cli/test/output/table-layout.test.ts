import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Column, GAP, layOut } from '../../src/output/table-layout.ts';

const columns: readonly Column[] = [
  { title: '#' },
  { title: 'id', omit: 2 },
  { title: 'size', omit: 1 },
  { title: 'instruction', cut: 'end', least: 16 },
];

const taken = (widths: readonly number[]) =>
  widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1);

describe('layOut', () => {
  it('truncates nothing if there is space', () => {
    expect(layOut(columns, [1, 12, 8, 30], 200)).toEqual({ shown: [0, 1, 2, 3], widths: [1, 12, 8, 30] });
  });

  it('truncates cells before it omits columns, in their order of omission', () => {
    expect(layOut(columns, [1, 12, 8, 30], 45)).toEqual({ shown: [0, 1, 2, 3], widths: [1, 12, 8, 18] });
    expect(layOut(columns, [1, 12, 8, 30], 42)).toEqual({ shown: [0, 2, 3], widths: [1, 8, 29] });
    expect(layOut(columns, [1, 12, 8, 30], 24)).toEqual({ shown: [0, 3], widths: [1, 21] });
    expect(layOut(columns, [1, 12, 8, 30], 12)).toEqual({ shown: [0, 3], widths: [1, 9] });
  });

  it('narrows the widest cell first', () => {
    const two: readonly Column[] = [
      { title: '', cut: 'end' },
      { title: '', cut: 'middle' },
    ];
    expect(layOut(two, [10, 50], 42).widths).toEqual([10, 30]);
    expect(layOut(two, [50, 50], 42).widths).toEqual([20, 20]);
  });

  it('never exceeds the width, as long as fixed cells fit', () => {
    const natural = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(40), fc.nat(40), fc.nat(5000));
    fc.assert(
      fc.property(natural, fc.integer({ min: 20, max: 200 }), (widths, width) => {
        const layout = layOut(columns, widths, width);
        expect(taken(layout.widths)).toBeLessThanOrEqual(width);
        expect(layout.shown).toContain(3);
      }),
    );
  });
});
