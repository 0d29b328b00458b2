import { expect, test } from 'vitest';
import { editAnnotations } from '../../src/config/annotations.ts';

test('annotations are replaced in place, added, and removed by pattern', () => {
  const before = new Map([
    ['a', '1'],
    ['org.x', '2'],
    ['org.y', '3'],
  ]);
  expect([
    ...editAnnotations(
      before,
      [
        ['org.y', '4'],
        ['z', ''],
      ],
      ['org.*'],
    ),
  ]).toEqual([
    ['a', '1'],
    ['org.y', '4'],
    ['z', ''],
  ]);
});
