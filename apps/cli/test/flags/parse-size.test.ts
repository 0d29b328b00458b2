import { describe, expect, it } from 'vitest';
import { parseSize } from '../../src/flags/parse-size.ts';

describe('a size', () => {
  it.each([
    ['0', 0],
    ['17', 17],
    ['17B', 17],
    ['1k', 1000],
    ['1K', 1000],
    ['1 kB', 1000],
    ['1ki', 1024],
    ['1KiB', 1024],
    ['1.5M', 1_500_000],
    ['1.0001k', 1001],
    ['2MiB', 2_097_152],
    ['3G', 3e9],
    ['1gib', 1_073_741_824],
    ['2T', 2e12],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'k', '-1', '+1', '1x', '1.k', 'i', '1i', '1e3', '99999T', '0x10', '1,5k'])(
    '%j is refused',
    (text) => {
      expect(() => parseSize(text)).toThrow(`${JSON.stringify(text)} is not a size`);
    },
  );
});
