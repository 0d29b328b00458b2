import { expect, it } from 'vitest';
import { parseHeaderFields } from '../../../src/packages/languages/header-fields.ts';

it('fields have all their values, in order, with continuation lines', () => {
  const text = 'A: 1\nb : 2\n  3\n\t4\nno field\n ignored\nA: 5\n   \nC:\n\nD: 6\n';
  expect([...parseHeaderFields(text)]).toEqual([
    ['a', ['1', '5']],
    ['b', ['2\n3\n4']],
    ['c', ['']],
  ]);
});
