import Table from 'cli-table3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { table } from '../../src/output/table.ts';
import { viewOf } from '../../src/output/view.ts';
import { viewOfWidth } from '../support/views.ts';

const columns = [
  { title: 'n', align: 'right' },
  { title: 'path', cut: 'middle', least: 10 },
] as const;

describe('table', () => {
  it('aligns columns of the terminal, also with wide characters', () => {
    const lines = [
      ...table(viewOfWidth(80), columns, [
        ['1', '日本'],
        ['100', 'x'],
      ]),
    ];
    expect(lines).toEqual(['  n  path\n', '  1  日本\n', '100  x\n']);
  });

  it('has the same format with few and many rows', () => {
    const rows = Array.from({ length: 700 }, (_, i): [string, string] => [
      String(i),
      '/usr/share/doc/'.repeat(10),
    ]);
    const view = viewOfWidth(40);
    const many = [...table(view, columns, rows)];
    const few = [...table(view, columns, [...rows.slice(0, 3), ...rows.slice(-1)])];
    expect(many).toHaveLength(701);
    expect([many[0], ...many.slice(1, 4), many[700]]).toEqual(few);
  });

  it('colors a cell after truncation', () => {
    const view = viewOf({ isTTY: true, columns: 20 }, { FORCE_COLOR: '1', LANG: 'C.UTF-8' });
    const rows = [['1', { text: 'a'.repeat(50), paint: view.colours.red }]];
    expect([...table(view, columns, rows, { titles: false })]).toEqual([
      `1  \x1b[31maaaaa…${'a'.repeat(11)}\x1b[39m\n`,
    ]);
  });

  it('draws what cli-table3 draws', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'B', '7', ' ', '/', 'é', '…', '日', '😀', 'e\u0301'),
      maxLength: 12,
    });
    const paints = [undefined, viewOf({ isTTY: true }, { FORCE_COLOR: '1' }).colours.green];
    const row = fc.tuple(cell, cell, cell);
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...paints),
        (rows, paint) => {
          const columns = [{ title: 'a' }, { title: 'bb', align: 'right' }, { title: 'c' }] as const;
          const painted = rows.map((cells) =>
            cells.map((text) => (paint === undefined ? text : { text, paint })),
          );
          const grid = new Table({
            chars: NO_BORDERS,
            style: PLAIN_STYLE,
            colAligns: ['left', 'right', 'left'],
          });
          const coloured = (text: string) => (paint === undefined || text === '' ? text : paint(text));
          grid.push(['a', 'bb', 'c'], ...rows.map((cells) => cells.map(coloured)));
          const expected = grid
            .toString()
            .split('\n')
            .map((line) => `${line.trimEnd()}\n`);
          expect([...table(viewOfWidth(200), columns, painted)]).toEqual(expected);
        },
      ),
    );
  });

  it('leaves a gap where a column is empty', () => {
    const untitled = [{ title: '' }, { title: '' }, { title: '' }];
    expect([...table(viewOfWidth(80), untitled, [['a', '', 'b']], { titles: false })]).toEqual(['a     b\n']);
  });

  it('prints nothing without rows', () => {
    expect([...table(viewOfWidth(80), columns, [])]).toEqual([]);
  });
});

const PLAIN_STYLE = { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true };

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
