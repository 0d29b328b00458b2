import { wastedContents } from '@layers/core/analysis';
import { type Explorer, frame, type ListRows, wasteList } from '@layers/explorer';
import { beforeEach, describe, expect, it } from 'vitest';
import { analysedOf, press, screen } from '../support/explored.ts';

const directory = (path: string) => ({ path, type: 'directory' as const });
const file = (path: string, bytes: number) => ({ path, data: Buffer.alloc(bytes, 'text\n') });

const STACK = [
  [
    directory('etc/'),
    file('etc/passwd', 100),
    directory('var/'),
    directory('var/cache/'),
    file('var/cache/a.deb', 5000),
    file('var/cache/b.deb', 3000),
    file('var/log', 40),
  ],
  [file('etc/passwd', 120)],
  [{ path: 'var/cache/.wh.a.deb' }, { path: 'var/cache/.wh.b.deb' }, { path: 'var/.wh.log' }],
];

let explorer: Explorer;
let waste: () => ListRows;

beforeEach(async () => {
  const explored = await analysedOf(STACK);
  explorer = explored.explorer;
  const { image, index, format } = explorer;
  waste = () => wasteList(wastedContents(explored.analysis), image, index, format);
});

function showWaste(keys: readonly string[]): void {
  explorer.showList('waste', 'Waste', waste());
  // The first screen shows that rows are made.
  expect(screen(explorer, 80, 4)[0]).toBe(' Waste');
  while (!explorer.work(() => true));
  press(explorer, keys);
}

/** Returns the first lines of the screen. */
const lines = (count: number, width = 80): string[] => screen(explorer, width, count + 1).slice(0, count);

describe('the list of wasted bytes', () => {
  it('has a row for each two layers, the most bytes first', () => {
    showWaste([]);
    expect(screen(explorer, 80, 6)).toEqual([
      ' Waste  8140 of 8260  efficiency 1 %',
      '     Wasted   Files  Layer  By layer    Stored by, path         Wasted by',
      '>      8040       3      0         2  > STEP 0                  STEP 2',
      '        100       1      0         1  > STEP 0                  STEP 1',
      '',
      '? help  q back  Enter go to it  / search  f filter  s sort  w write',
    ]);
  });

  it('has directories with more than one file, and files', () => {
    showWaste(['E']);
    expect(lines(9)).toEqual([
      ' Waste  8140 of 8260  efficiency 1 %',
      '     Wasted   Files  Layer  By layer    Stored by, path         Wasted by',
      '>      8040       3      0         2  v STEP 0                  STEP 2',
      '       8000       2      0         2    v /var/cache/',
      '       5000              0         2        a.deb               deleted',
      '       3000              0         2        b.deb               deleted',
      '         40              0         2      /var/log              deleted',
      '        100       1      0         1  v STEP 0                  STEP 1',
      '        100              0         1      /etc/passwd           overwritten',
    ]);
    expect(lines(5, 40).slice(1)).toEqual([
      '     Wasted  By layer    Stored by, path',
      '>      8040         2  v STEP 0',
      '       8000         2    v /var/cache/',
      '       5000         2        a.deb',
    ]);
  });

  it('leads to the layer and the path that stored bytes, and to those that wasted them', () => {
    showWaste(['E', 'j', 'j', 'enter']);
    expect(explorer.panes.layers.layer).toBe(0);
    expect(nameUnderCursor()).toBe('a.deb');
    // The list is as it was left.
    press(explorer, ['W', 'O']);
    expect(explorer.panes.layers.layer).toBe(2);
    expect(nameUnderCursor()).toBe('a.deb');
    expect(explorer.message?.text).toBe('wasted by layer 2: RUN step 2');
    press(explorer, ['W', 'g', 'o']);
    expect(explorer.panes.layers.layer).toBe(0);
    expect(explorer.message?.text).toBe('stored by layer 0: RUN step 0');
  });

  it('is filtered and searched while typing; Esc shows what was shown before', () => {
    showWaste(['j']);
    const before = lines(6);
    press(explorer, ['f', ...'.deb']);
    expect(lines(4).slice(2)).toEqual([
      '>      8040       3      0         2  > STEP 0                  STEP 2',
      '',
    ]);
    press(explorer, ['+']);
    press(explorer, ['escape']);
    expect(lines(6)).toEqual(before);
    press(explorer, ['/', ...'b.deb']);
    expect(lines(6).find((line) => line.startsWith('>'))).toContain('b.deb');
    press(explorer, ['x']);
    expect(lines(6)).toEqual(before);
    expect(screen(explorer, 80, 6).at(-1)).toBe('/b.debx    no match');
    press(explorer, ['backspace', 'escape']);
    expect(lines(6)).toEqual(before);
  });

  it('goes to the first match also where a word ends before it is searched', () => {
    showWaste([]);
    for (const key of ['/', ...'b.deb', 'enter']) explorer.update(key);
    while (!explorer.work(() => true));
    press(explorer, ['i']);
    expect(lines(2)[1]).toBe(' /var/cache/b.deb');
  });

  it('is returned to from what it led to, with its cursor where it was', () => {
    const cursor = () => screen(explorer, 80, 12).find((line) => line.startsWith('>'));
    showWaste(['E', 'j', 'j']);
    const row = cursor();
    for (const key of ['q', 'escape']) {
      press(explorer, ['enter']);
      expect(screen(explorer, 80, 12).at(-1)).toMatch(/^\? help {2}q back to the list {2}/);
      // A text above the panes is no way back to the list.
      press(explorer, ['i', 'q', 'f', ...'>1q', 'enter', 'escape', '/', 'a', 'enter', 'escape']);
      expect(screen(explorer, 80, 12)[1]).toContain('[Files');
      expect(press(explorer, [key])).toBe(null);
      expect(cursor()).toBe(row);
    }
    expect(press(explorer, ['q'])).toBe(null);
    expect(screen(explorer, 80, 12).at(-1)).toContain('q quit');
    expect(press(explorer, ['q'])).toEqual({ kind: 'quit' });
  });

  it('gives way to the list of another key, also from a text', () => {
    showWaste(['i', 'F']);
    expect(lines(1)).toEqual([' Files of all layers  5 versions']);
    press(explorer, ['W']);
    expect(lines(1)).toEqual([' Waste  8140 of 8260  efficiency 1 %']);
    expect(press(explorer, ['D'])).toEqual({ kind: 'report', report: 'duplicates' });
    press(explorer, ['?', '?']);
    expect(lines(1)[0]).toMatch(/^ Keys /);
    press(explorer, ['q', 'q']);
    expect(explorer.top).toBe(explorer.panes);
  });

  it('stays where Esc closes a message', () => {
    showWaste(['f', ...'>10q', 'enter']);
    expect(explorer.message).toEqual({ text: '>10q is not a size: write >10M or <1k', isError: true });
    press(explorer, ['escape']);
    expect(lines(1)).toEqual([' Waste  8140 of 8260  efficiency 1 %']);
    press(explorer, ['escape']);
    expect(explorer.top).toBe(explorer.panes);
  });

  it('shows all about a row, and its file', () => {
    showWaste(['E', 'j', 'j', 'i']);
    expect(lines(6)).toEqual([
      ' Waste  1-5 of 5',
      ' /var/cache/a.deb',
      ' wasted     5000',
      ' stored by  layer 0  STEP 0',
      ' wasted by  layer 2  STEP 2',
      ' cause      deleted',
    ]);
    press(explorer, ['q']);
    expect(press(explorer, ['v'])).toMatchObject({ kind: 'view', place: { layer: 0, sizeBytes: 5000 } });
    expect(press(explorer, ['w', 'enter'])).toMatchObject({ kind: 'save', to: 'a.deb' });
    expect(press(explorer, ['y'])).toEqual({ kind: 'copy', text: '/var/cache/a.deb' });
    press(explorer, ['g', 'v']);
    expect(explorer.message?.text).toBe('this row has no path');
  });

  it('is filtered and searched, and Esc first ends these', () => {
    showWaste(['f', ...'*.deb >4000', 'enter', 'E']);
    expect(lines(5)).toEqual([
      ' Waste  8140 of 8260  efficiency 1 %  filter *.deb >4000: 1 row, 5000',
      '     Wasted   Files  Layer  By layer    Stored by, path         Wasted by',
      '>      8040       3      0         2  v STEP 0                  STEP 2',
      '       8000       2      0         2    v /var/cache/',
      '       5000              0         2        a.deb               deleted',
    ]);
    press(explorer, ['f', 'ctrl-u', '-', 'enter']);
    expect(explorer.message).toEqual({
      text: '+ ~ - = are for the tree and the list of files',
      isError: true,
    });
    press(explorer, ['f', 'ctrl-u', ...'none', 'enter']);
    expect(lines(3)[2]).toBe('  nothing matches the filter: Esc clears it');
    press(explorer, ['escape', 'C', '/', ...'passwd', 'enter']);
    expect(lines(5)[4]).toBe('>       100              0         1      /etc/passwd           overwritten');
    expect(screen(explorer, 80, 6)[5]).toBe('passwd: 1 of 1  n next  N previous  Esc ends');
    press(explorer, ['escape', 'escape']);
    expect(explorer.top).toBe(explorer.panes);
  });
});

describe('the mouse', () => {
  it('selects a row, expands it at its arrow, opens it, and scrolls', () => {
    showWaste([]);
    const shown = () => screen(explorer, 80, 12);
    const use = (kind: 'click' | 'double-click' | 'wheel-down', column: number, row: number) => {
      shown();
      explorer.mouse({ kind, column, row });
      while (!explorer.work(() => true));
      return shown();
    };
    expect(use('click', 50, 3)[3]).toMatch(/^>.*100 .*> STEP 0/);
    expect(use('click', 38, 2)[2]).toMatch(/^>.*8040 .*v STEP 0/);
    expect(use('click', 40, 3)[3]).toMatch(/^>.*v \/var\/cache/);
    // Below the last row, and on the titles of the columns.
    use('double-click', 50, 9);
    expect(use('double-click', 50, 1)[3]).toMatch(/^>/);
    expect(screen(explorer, 80, 5)[3]).toMatch(/^>/);
    explorer.mouse({ kind: 'wheel-down', column: 0, row: 3 });
    expect(screen(explorer, 80, 5)[2]).toMatch(/^>.*b.deb/);
    use('click', 50, 6);
    expect(use('double-click', 50, 6)[1]).toContain('[Files');
    expect(nameUnderCursor()).toBe('log');
  });
});

describe('the list of all files', () => {
  it('has every version of each path, and what became of it', () => {
    press(explorer, ['F']);
    expect(lines(7)).toEqual([
      ' Files of all layers  5 versions',
      '       Size  Layer  In the end                Path',
      '>      5000      0  deleted by 2, wasted      /var/cache/a.deb',
      '       3000      0  deleted by 2, wasted      /var/cache/b.deb',
      '        120      1  final                     /etc/passwd',
      '        100      0  replaced by 1, wasted     /etc/passwd',
      '         40      0  deleted by 2, wasted      /var/log',
    ]);
    press(explorer, ['s', 'g']);
    expect(lines(5).slice(2)).toEqual([
      '>       100      0  replaced by 1, wasted     /etc/passwd',
      '        120      1  final                     /etc/passwd',
      '       5000      0  deleted by 2, wasted      /var/cache/a.deb',
    ]);
    press(explorer, ['f', '=', 'enter']);
    expect(lines(4).slice(2)).toEqual(['>       120      1  final                     /etc/passwd', '']);
    press(explorer, ['f', 'ctrl-u', '+', 'enter']);
    expect(lines(7).slice(2)).toEqual([
      '>       100      0  replaced by 1, wasted     /etc/passwd',
      '       5000      0  deleted by 2, wasted      /var/cache/a.deb',
      '       3000      0  deleted by 2, wasted      /var/cache/b.deb',
      '         40      0  deleted by 2, wasted      /var/log',
      '',
    ]);
  });

  it('leads to a version in the tree of its layer', () => {
    press(explorer, ['F', '/', ...'passwd', 'enter', 'n', 'o']);
    expect(explorer.panes.layers.layer).toBe(0);
    expect(nameUnderCursor()).toBe('passwd');
    press(explorer, ['F', 'O']);
    expect(explorer.message?.text).toBe('wasted by layer 1: RUN step 1');
    expect(explorer.panes.layers.layer).toBe(1);
    press(explorer, ['F', 'N', 'O']);
    expect(explorer.message?.text).toBe('no layer replaced or deleted it');
  });
});

describe('in the tree', () => {
  it('o and O go to the layer that stored what is shown, and to the one that wasted it', () => {
    press(explorer, [']', ']', ']', 'tab', 'E', '/', ...'log', 'enter']);
    expect(explorer.panes.layers.layer).toBe(2);
    press(explorer, ['o']);
    expect(explorer.panes.layers.layer).toBe(0);
    expect(nameUnderCursor()).toBe('log');
    expect(explorer.message?.text).toBe('stored by layer 0: RUN step 0');
    press(explorer, ['O']);
    expect(explorer.panes.layers.layer).toBe(2);
    expect(explorer.message?.text).toBe('wasted by layer 2: RUN step 2');
    press(explorer, ['escape', '[', '/', ...'passwd', 'enter', 'O']);
    expect(explorer.message?.text).toBe('in the final file system: no layer replaced or deleted it');
  });
});

it('has lines of exactly its width, however small the screen is', () => {
  showWaste(['E']);
  for (const [width, height] of [
    [200, 60],
    [40, 10],
    [10, 4],
    [1, 1],
  ] as const) {
    const drawn = frame(explorer, width, height);
    expect(drawn).toHaveLength(height);
    for (const line of drawn) expect(line.map(({ text }) => text).join('')).toHaveLength(width);
  }
});

function nameUnderCursor(): string {
  const { tree } = explorer.panes;
  return Buffer.from(explorer.index.nameOf(tree.node)).toString();
}
