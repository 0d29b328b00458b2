import { expect, it } from 'vitest';
import { printable } from '../src/printable.ts';

it('escapes control characters, and characters that reverse text or are invisible', () => {
  expect(printable('a\u001b[2Jb\nc\u202ed\u200be')).toBe('a\\u001b[2Jb\\u000ac\\u202ed\\u200be');
});

it('does not change other text', () => {
  expect(printable('größe 日本 🦆')).toBe('größe 日本 🦆');
});

it('truncates very long text', () => {
  expect(printable('x'.repeat(5000))).toBe(`${'x'.repeat(1000)}…`);
});
