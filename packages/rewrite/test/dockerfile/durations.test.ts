import { expect, test } from 'vitest';
import { parseDuration, parseDurationNs } from '../../src/dockerfile/durations.ts';

test.each([
  ['0', 0],
  ['1h2m3.5s', 3_723_500_000_000],
  ['100ms', 1e8],
  ['1µs', 1000],
  ['1\u03bcs', 1000],
  ['1.s.5s', 1_500_000_000],
  ['1d', undefined],
  ['', undefined],
  ['5', undefined],
  ['-1s', undefined],
  ['1s x', undefined],
  ['9999999999h', undefined],
])('the duration %j is %s', (text, nanoseconds) => {
  expect(parseDurationNs(text)).toBe(nanoseconds);
});

test('a duration is summed in the scale of its units', () => {
  const units = new Map([
    ['h', 1],
    ['d', 24],
  ]);
  expect(parseDuration('2d1.5h', units)).toBe(49.5);
  expect(parseDuration('1s', units)).toBeUndefined();
  expect(parseDuration(`${'9'.repeat(400)}d`, units)).toBeUndefined();
});
