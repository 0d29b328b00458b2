import { describe, expect, it } from 'vitest';
import { arrangeRows, FIRST_STATE, sortedBy, type Table } from '../../src/view/table.ts';

const names = ['lib', 'bin', 'etc'];
const sizes = [30, 10, 20];
const table: Table<number> = {
  id: 'test',
  title: 'Test',
  summary: '',
  rows: [0, 1, 2],
  columns: [
    { title: 'name', read: (row) => names[row] ?? null },
    { title: 'size', read: (row) => sizes[row] ?? null, show: (size) => `${size} B` },
  ],
};

describe('a table', () => {
  it('begins with the largest number, and with the first text', () => {
    const bySize = sortedBy(table, FIRST_STATE, 1);
    expect(arrangeRows(table, bySize)).toEqual([0, 2, 1]);
    expect(arrangeRows(table, sortedBy(table, bySize, 1))).toEqual([1, 2, 0]);
    expect(arrangeRows(table, sortedBy(table, bySize, 0))).toEqual([1, 2, 0]);
  });

  it('keeps the rows that have a text as it is shown', () => {
    expect(arrangeRows(table, { ...FIRST_STATE, filter: '20 b' })).toEqual([2]);
    expect(arrangeRows(table, { ...FIRST_STATE, filter: 'IB' })).toEqual([0]);
    expect(arrangeRows(table, FIRST_STATE)).toBe(table.rows);
  });
});
