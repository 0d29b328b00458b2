import { ListChooser } from '@layers/explorer';
import { expect, test } from 'vitest';
import { plainFormat } from '../support/plain-format.ts';

test('a list shows the selected row, moves, and reports what is wanted', () => {
  const chooser = new ListChooser('two.tar', '# image', ['#1 a', '#2 b', '#3 c'], plainFormat);
  const screen = () => chooser.frame(12, 5).map((line) => line.map(({ text }) => text).join(''));
  expect(screen()).toEqual([' two.tar    ', '  # image   ', '> #1 a      ', '  #2 b      ', 'Enter explo~']);
  expect(chooser.update('G')).toBe(null);
  expect(chooser.row).toBe(2);
  expect(screen().slice(2)).toEqual(['  #2 b      ', '> #3 c      ', 'Enter explo~']);
  chooser.showMessage('broken');
  expect(screen().at(-1)).toBe('broken      ');
  expect(chooser.update('k')).toBe(null);
  expect(screen().at(-1)).toBe('Enter explo~');
  expect([...['enter', 'q', 'ctrl-c', 'ctrl-z']].map((key) => chooser.update(key))).toEqual([
    'choose',
    'quit',
    'interrupt',
    'suspend',
  ]);
  expect(chooser.row).toBe(1);
});

test('a search shows rows that contain the word, and keeps what is selected', () => {
  const chooser = new ListChooser('list', '', ['app', 'Base', 'tool', 'database'], plainFormat);
  const rows = () =>
    chooser
      .frame(40, 7)
      .map((line) => line.map(({ text }) => text.trimEnd()).join(''))
      .slice(2);
  for (const key of ['G', '/', 'b', 'a', 's']) expect(chooser.update(key)).toBe(null);
  expect(rows()).toEqual(['  Base', '> database', '', '', '/bas_  2 found: Enter explores  Esc ends']);
  chooser.update('up');
  expect(chooser.row).toBe(1);
  expect(chooser.read()).toMatchObject({ row: 'Base', note: '/bas   2 found' });
  chooser.update('x');
  expect(chooser.row).toBe(-1);
  expect(chooser.update('enter')).toBe(null);
  expect(chooser.update('escape')).toBe(null);
  expect(rows().slice(0, 4)).toEqual(['> app', '  Base', '  tool', '  database']);
  for (const key of ['/', 't', 'o']) chooser.update(key);
  expect(chooser.update('enter')).toBe('choose');
  expect(chooser.row).toBe(2);
});
