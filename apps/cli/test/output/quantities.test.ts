import { describe, expect, it } from 'vitest';
import { shortCount, shortSeconds } from '../../src/output/quantities.ts';

describe('times', () => {
  it.each([
    [0, '0 µs'],
    [0.000_234, '234 µs'],
    [0.0123, '12.3 ms'],
    [1, '1 s'],
    [12.34, '12.3 s'],
    [4321, '4321 s'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(shortSeconds(seconds, true)).toBe(text);
  });

  it('are in ASCII where there is no Unicode', () => {
    expect(shortSeconds(0.000_234, false)).toBe('234 us');
  });
});

describe('counts', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1 k'],
    [15_200, '15.2 k'],
    [999_600, '1 M'],
    [2_345_678, '2.35 M'],
  ])('%d is %s', (count, text) => {
    expect(shortCount(count)).toBe(text);
  });
});
