import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { padEnd, padStart, truncateEnd, truncateMiddle, widthOf } from '../../src/output/text-width.ts';

describe('widths', () => {
  it('counts columns, not characters', () => {
    expect(widthOf('abc')).toBe(3);
    expect(widthOf('日本')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
  });

  it('counts every character as the library does', () => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0xffff; code++) {
      const text = String.fromCodePoint(code);
      if (widthOf(text) !== stringWidth(text)) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(widthOf(text)).toBe(stringWidth(text));
      }),
    );
  });

  it('pads to columns', () => {
    expect(padStart('日', 4)).toBe('  日');
    expect(padEnd('日', 4)).toBe('日  ');
    expect(padStart('long', 2)).toBe('long');
  });
});

describe('truncation', () => {
  it('truncates the end or the middle', () => {
    expect(truncateEnd('abcdefghij', 5, '…')).toBe('abcd…');
    expect(truncateMiddle('/usr/share/doc/base/README', 14, '…')).toBe('/usr…se/README');
    expect(truncateMiddle('short', 14, '…')).toBe('short');
  });

  it('does not split wide characters', () => {
    expect(truncateEnd('日本語', 4, '…')).toBe('日…');
  });

  it('never exceeds the width, and keeps text that fits', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '日', 'é', '/', '😀', 'e\u0301'), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 50 }), (value, width) => {
        for (const cut of [truncateEnd, truncateMiddle]) {
          const result = cut(value, width, '~');
          expect(widthOf(result)).toBeLessThanOrEqual(width);
          if (widthOf(value) <= width) expect(result).toBe(value);
        }
      }),
    );
  });

  it('is fast for a text of megabytes', () => {
    expect(truncateMiddle('日'.repeat(5_000_000), 21, '…')).toBe(`${'日'.repeat(3)}…${'日'.repeat(7)}`);
  });
});
