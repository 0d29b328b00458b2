import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupedNumber, humanBytes, modeText, visibleText } from '../../src/view/format.ts';

describe('the texts of a page', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [999_499, '999 kB'],
    [999_500, '1 MB'],
    [7_766_017, '7.77 MB'],
    [109_018_240, '109 MB'],
    [-1500, '-1.5 kB'],
  ])('shows %d bytes as %s', (bytes, text) => {
    expect(humanBytes(bytes)).toBe(text);
  });

  it('groups the digits of counts', () => {
    expect([999, 19_702, 1_000_000].map(groupedNumber)).toEqual(['999', '19,702', '1,000,000']);
  });

  it.each([
    [0o755, 'rwxr-xr-x'],
    [0o4755, 'rwsr-xr-x'],
    [0o2644, 'rw-r-Sr--'],
    [0o1777, 'rwxrwxrwt'],
  ])('shows the mode %o as %s', (mode, text) => {
    expect(modeText(mode)).toBe(text);
  });

  it('shows no text that is invisible or changes the order of what stands beside it', () => {
    expect(visibleText('a\u202eb\u2028c\u0007\u200f')).toBe('a\\u{202e}b\\u{2028}c\\u{7}\\u{200f}');
    const codes = fc.array(fc.oneof(fc.nat({ max: 0x2fff }), fc.integer({ min: 0xe000, max: 0x10ffff })));
    fc.assert(
      fc.property(codes, (text) => {
        expect(visibleText(String.fromCodePoint(...text))).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u);
      }),
    );
  });
});
