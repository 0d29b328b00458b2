import { describe, expect, test } from 'vitest';
import {
  bytesColumn,
  createColumn,
  indexColumn,
  numbersColumn,
  shortsColumn,
  wordsColumn,
} from '../../src/rootfs/columns.ts';

describe('a column', () => {
  test('keeps its values while it grows, and starts as zeros', () => {
    const column = createColumn((length) => new Float64Array(length), 2);
    for (let i = 0; i < 1000; i++) {
      column.ensure(i + 1);
      if (i % 2 === 0) column.values[i] = i;
    }
    expect(column.trimmed(1000)).toEqual(
      Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? i : 0)),
    );
  });

  test('grows by more than requested, and only where necessary', () => {
    const column = bytesColumn(100);
    const { values } = column;
    column.ensure(100);
    expect(column.values).toBe(values);
    column.ensure(101);
    expect(column.values.length).toBe(200);
    column.ensure(5000);
    expect(column.values.length).toBe(5000);
  });

  test('grows to what is likely, if that is more, and only where necessary', () => {
    const column = bytesColumn(100);
    column.ensure(100, 5000);
    expect(column.values.length).toBe(100);
    column.ensure(101, 5000);
    expect(column.values.length).toBe(5000);
    column.ensure(5001, 10);
    expect(column.values.length).toBe(10_000);
  });

  test('is trimmed to a copy, also of length 0', () => {
    const column = wordsColumn();
    column.values[0] = 7;
    const trimmed = column.trimmed(1);
    column.values[0] = 8;
    expect(trimmed).toEqual(new Uint32Array([7]));
    expect(trimmed.buffer.byteLength).toBe(4);
    expect(column.trimmed(0).length).toBe(0);
  });

  test('has the range of its type', () => {
    const columns = [
      [bytesColumn(), 255],
      [shortsColumn(), 65_535],
      [wordsColumn(), 2 ** 32 - 1],
      [indexColumn(), -1],
      [numbersColumn(), 2 ** 53 - 1],
    ] as const;
    for (const [column, value] of columns) {
      column.ensure(300);
      column.values[299] = value;
      expect(column.trimmed(300)[299]).toBe(value);
    }
  });
});
