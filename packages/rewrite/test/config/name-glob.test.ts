import { expect, test } from 'vitest';
import { compileNameGlob, isPattern } from '../../src/config/name-glob.ts';

test.each([
  ['FOO', 'FOO', true],
  ['FOO', 'FOOD', false],
  ['FOO_*', 'FOO_', true],
  ['FOO_*', 'FOO', false],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['*a*b', 'xaybzb', true],
  ['*a*b', 'xaybz', false],
  ['a?c', 'abc', true],
  ['a?c', 'a\u{1f600}c', true],
  ['a?c', 'ac', false],
  ['org.*', 'org.x/y', true],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['[a]', 'a', false],
  ['a\\', 'a\\', true],
])('%j matches %j: %s', (pattern, name, expected) => {
  expect(compileNameGlob(pattern)(name)).toBe(expected);
});

test('an escaped star is not a pattern', () => {
  expect(['a*', '?', '\\\\*', 'a', 'a\\*', '\\?x'].map(isPattern)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
