import type { Spoken } from '@layers/explorer';
import { expect, it } from 'vitest';
import { PlainText } from '../../src/explore/plain-text.ts';

const panes = {};
const shown = (changes: Partial<Spoken>): Spoken => ({
  view: panes,
  heading: ['[Files]', 'Size  Name'],
  row: '> a',
  lines: ['/a', 'layer 0'],
  first: null,
  note: null,
  ...changes,
});

it('tells all at first, then only what is new', () => {
  const text = new PlainText();
  expect(text.changes(shown({}))).toEqual(['[Files]', 'Size  Name', '> a', '/a', 'layer 0']);
  expect(text.changes(shown({}))).toEqual([]);
  expect(text.changes(shown({ row: '> b', lines: ['/b', 'layer 0'] }))).toEqual(['> b', '/b']);
  expect(
    text.changes(shown({ row: '> b', lines: ['/b', 'layer 0'], heading: ['[Files by name]', 'Size  Name'] })),
  ).toEqual(['[Files by name]', 'Size  Name', '> b']);
});

it('tells a note after each key, also the same one', () => {
  const text = new PlainText();
  text.changes(shown({}));
  expect(text.changes(shown({ note: 'no match' }))).toEqual(['no match']);
  expect(text.changes(shown({ note: 'no match' }))).toEqual([]);
  text.forgetNote();
  expect(text.changes(shown({ note: 'no match' }))).toEqual(['no match']);
});

it('tells the lines of a text that were not visible, and all of another view', () => {
  const text = new PlainText();
  const view = {};
  const lines = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 'same' : `line ${i}`));
  const at = (first: number) =>
    shown({ view, heading: ['text'], row: null, lines: lines.slice(first, first + 4), first });
  expect(text.changes(at(0))).toEqual(['text', 'same', 'line 1', 'same', 'line 3']);
  expect(text.changes(at(1))).toEqual(['same']);
  expect(text.changes(at(6))).toEqual(['same', 'line 7', 'same', 'line 9']);
  expect(text.changes(at(4))).toEqual(['same', 'line 5']);
  expect(text.changes(shown({}))).toHaveLength(5);
});
