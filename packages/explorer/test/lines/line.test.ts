import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLine, span, wrapText } from '../../src/lines/line.ts';
import { plainFormat } from '../support/plain-format.ts';

/** Capital letters take two columns, as Chinese ones do. */
const width = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (/[A-Z]/.test(letter) ? 2 : 1), 0);
const cutEnd = (text: string, columns: number): string => {
  let cut = '';
  for (const letter of text)
    if (width(cut + letter) < columns) cut += letter;
    else break;
  return `${cut}~`;
};
const format = { ...plainFormat, width, cutEnd };
const texts = fc.string({ unit: fc.constantFrom('a', 'B', ' ', 'c') });

describe('lines', () => {
  it('take exactly their width, also where a wide character does not fit', () => {
    fc.assert(
      fc.property(fc.array(texts), fc.integer({ min: 1, max: 12 }), (parts, columns) => {
        const line = fitLine(
          parts.map((part) => span(part)),
          columns,
          format,
        );
        expect(width(line.map(({ text }) => text).join(''))).toBe(columns);
      }),
    );
  });

  it('are wrapped at blanks, lose nothing else, and fit', () => {
    expect(wrapText('one two three', 8, format)).toEqual(['one two', 'three']);
    expect(wrapText('abcdefgh ij', 3, format)).toEqual(['abc', 'def', 'gh', 'ij']);
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 12 }), (text, columns) => {
        const lines = wrapText(text, columns, format);
        expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
