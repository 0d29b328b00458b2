import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/flags/parse-duration.ts';

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['90', 90],
    ['30s', 30],
    ['1h30m', 5400],
    ['1.5h', 5400],
    ['7d', 604_800],
    ['2w1d', 1_296_000],
    ['250ms', 0.25],
  ])('reads %s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', 'soon', '-1h', '1 h', '1y', 'h', '1h30', '9'.repeat(20)])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }));
  });
});
