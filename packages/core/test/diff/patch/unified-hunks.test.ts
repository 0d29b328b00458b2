import { describe, expect, test } from 'vitest';
import { slideDown, unifiedHunks } from '../../../src/diff/patch/unified-hunks.ts';

/** Returns the edits after slideDown, as `.` and `x`. */
const slid = (lines: string, edits: string, other: string): string => {
  const marks = (text: string) => Uint8Array.from(text, (of) => (of === 'x' ? 1 : 0));
  const changed = marks(edits);
  slideDown([...lines], changed, marks(other));
  return Array.from(changed, (of) => (of === 1 ? 'x' : '.')).join('');
};

describe('slideDown', () => {
  test.each([
    ['a line among its like', 'baaac', '.x...', '....', '...x.'],
    ['a block that ends as the line before it', 'a}b}c}', '.xx...', '....', '..xx..'],
    ['to the end of the file', 'baa', '.x.', '..', '..x'],
    ['not one that would give another text', 'abc', '.x.', '..', '.x.'],
    ['groups that meet, on as one', 'baabab', '.x.xx.', '...', '..xxx.'],
    ['each group for itself', 'aabcc', 'x..x.', '...', '.x..x'],
    ['not past a line that the other side edits', 'baaac', '.x...', '..x..', '..x..'],
    ['not one that replaces', 'baaac', '.x...', '.x...', '.x...'],
    ['all there is', 'aaa', 'xxx', '', 'xxx'],
    ['nothing', 'aaa', '...', '...', '...'],
  ])('moves %s', (_, lines, edits, other, expected) => {
    expect(slid(lines, edits, other)).toBe(expected);
  });
});

describe('unifiedHunks', () => {
  test('is empty where nothing is edited', () => {
    const side = { lines: ['a\n', 'b'], edits: new Uint8Array(2) };
    expect(unifiedHunks(side, side, 3)).toBe('');
    expect(
      unifiedHunks({ lines: [], edits: new Uint8Array() }, { lines: [], edits: new Uint8Array() }, 3),
    ).toBe('');
  });

  test('puts removed lines before added lines', () => {
    const a = { lines: ['a\n', 'b\n'], edits: Uint8Array.of(1, 0) };
    const b = { lines: ['c\n', 'b\n', 'd\n'], edits: Uint8Array.of(1, 0, 1) };
    expect(unifiedHunks(a, b, 3)).toBe('@@ -1,2 +1,3 @@\n-a\n+c\n b\n+d\n');
  });
});
