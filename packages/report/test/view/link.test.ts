import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colouringsOf } from '../../src/view/colours.ts';
import { firstShown, linkOf, readLink } from '../../src/view/link.ts';
import { GROUPINGS, SHAPES } from '../../src/view/picture.ts';

const name = fc
  .array(fc.constantFrom('a', ' ', '%', '?', '#', '&', '=', 'é', '😀', '\u202e', '.'), { minLength: 1 })
  .map((characters) => characters.join(''));

describe('a link', () => {
  it('is short for what is shown first', () => {
    expect(linkOf(firstShown(false))).toBe('#/');
    expect(linkOf({ ...firstShown(false), names: ['usr', 'lib'] })).toBe('#/usr/lib');
  });

  it('leads to what was shown, whatever the names are', () => {
    const shown = (isComparison: boolean) =>
      fc.record({
        names: fc.array(name, { minLength: 2 }),
        zoom: fc.nat({ max: 2 }),
        layer: fc.integer({ min: -1, max: 500 }),
        grouping: fc.constantFrom(...GROUPINGS),
        shape: fc.constantFrom(...SHAPES),
        colouring: fc.constantFrom(...colouringsOf(isComparison)),
        table: fc.constantFrom('', 'waste', 'files'),
      });
    for (const isComparison of [false, true])
      fc.assert(
        fc.property(shown(isComparison), (each) => {
          expect(readLink(linkOf(each, isComparison), isComparison)).toEqual(each);
        }),
      );
  });

  it('of a page about one image has no colours for two', () => {
    expect(readLink('#/?colour=growth').colouring).toBe('layer');
    expect(readLink('#/?colour=waste', true).colouring).toBe('growth');
  });

  it('that nobody wrote shows what is understood of it', () => {
    expect(readLink('#/usr/%E0?layer=x&by=nothing&zoom=99')).toEqual({
      ...firstShown(false),
      names: ['usr', '%E0'],
      zoom: 2,
    });
  });
});
