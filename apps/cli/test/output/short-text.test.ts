import { expect, it } from 'vitest';
import { shortText } from '../../src/output/short-text.ts';

it('keeps every valid name of an image, and shortens longer text', () => {
  const longest = `${'a'.repeat(255)}:${'b'.repeat(128)}`;
  expect(shortText(longest)).toBe(longest);
  expect(shortText('x'.repeat(3_000_000))).toBe(`${'x'.repeat(400)}…`);
  expect(shortText('a\u001b[31m', 3)).toBe('a\\x1b[…');
});
