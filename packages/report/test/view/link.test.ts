import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLOURINGS } from '../../src/view/colours.ts';
import { FIRST_SHOWN, linkOf, readLink } from '../../src/view/link.ts';
import { GROUPINGS, SHAPES } from '../../src/view/picture.ts';

const name = fc
  .array(fc.constantFrom('a', ' ', '%', '?', '#', '&', '=', 'é', '😀', '\u202e', '.'), { minLength: 1 })
  .map((characters) => characters.join(''));

describe('a link', () => {
  it('is short for what is shown first', () => {
    expect(linkOf(FIRST_SHOWN)).toBe('#/');
    expect(linkOf({ ...FIRST_SHOWN, names: ['usr', 'lib'] })).toBe('#/usr/lib');
  });

  it('leads to what was shown, whatever the names are', () => {
    const shown = fc.record({
      names: fc.array(name, { minLength: 2 }),
      zoom: fc.nat({ max: 2 }),
      layer: fc.integer({ min: -1, max: 500 }),
      grouping: fc.constantFrom(...GROUPINGS),
      shape: fc.constantFrom(...SHAPES),
      colouring: fc.constantFrom(...COLOURINGS),
      table: fc.constantFrom('', 'waste', 'files'),
    });
    fc.assert(
      fc.property(shown, (each) => {
        expect(readLink(linkOf(each))).toEqual(each);
      }),
    );
  });

  it('that nobody wrote shows what is understood of it', () => {
    expect(readLink('#/usr/%E0?layer=x&by=nothing&zoom=99')).toEqual({
      ...FIRST_SHOWN,
      names: ['usr', '%E0'],
      zoom: 2,
    });
  });
});
