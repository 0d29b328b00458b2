import { describe, expect, it } from 'vitest';
import { findConditions, parseTime } from '../../src/flags/find-flags.ts';

describe('a date', () => {
  it.each([
    ['2026-11-21', 1_795_219_200],
    ['2026-11-21T02:36', 1_795_228_560],
    ['2026-11-21 02:36:41', 1_795_228_601],
    ['2026-11-21T02:36:41Z', 1_795_228_601],
    ['2026-11-21t03:36:41+01:00', 1_795_228_601],
    ['2026-11-21T02:36:41.5Z', 1_795_228_601.5],
    ['@0', 0],
    ['@-86400', -86_400],
  ])('%s is %d', (text, seconds) => {
    expect(parseTime(text)).toBe(seconds);
  });

  it.each(['', 'yesterday', '2026', '2026-13-01', '21.11.2026', '@', '2026-11-21T25:00', '2026-11-21Z'])(
    '%j is refused',
    (text) => {
      expect(() => parseTime(text)).toThrow(`${JSON.stringify(text)} is not a date`);
    },
  );
});

describe('sizes', () => {
  it.each([
    [['500'], 500, 500],
    [['+1k'], 1001, Infinity],
    [['-1k'], 0, 999],
    [['+1k', '-2k'], 1001, 1999],
    [['-0'], 0, -1],
  ])('%j are from %d to %d bytes', (size, minBytes, maxBytes) => {
    expect(findConditions({ size })).toMatchObject({ minBytes, maxBytes });
  });

  it('are no condition without the option', () => {
    expect(findConditions({})).not.toHaveProperty('minBytes');
  });
});

it('takes the letters and the words of types', () => {
  expect(findConditions({ type: ['f', 'symlink', 'p'] }).types).toEqual(['file', 'symlink', 'fifo']);
});
