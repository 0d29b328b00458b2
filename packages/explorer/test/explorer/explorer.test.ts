import { Explorer } from '@layers/explorer';
import { describe, expect, it } from 'vitest';
import { span } from '../../src/lines/line.ts';
import type { View } from '../../src/views/view.ts';
import { explorerOf, press, screen } from '../support/explored.ts';
import { plainFormat } from '../support/plain-format.ts';

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
    { path: 'etc/link', type: 'symlink' as const, linkpath: 'passwd' },
  ],
  [
    directory('app/'),
    file('app/main.js', 700),
    { path: 'app/copy.js', type: 'link' as const, linkpath: 'app/main.js' },
    file('etc/passwd', 120),
  ],
  [{ path: 'var/cache/.wh.a.deb' }, { path: 'var/cache/.wh.b.deb' }],
];

/** Returns the lines of the tree of files, without those of the layers. */
async function treeAfter(keys: readonly string[]): Promise<string[]> {
  const explorer = await explorerOf(STACK);
  press(explorer, keys);
  return screen(explorer, 60, 16)
    .slice(1, -4)
    .filter((line) => line !== '');
}

describe('the screen', () => {
  it('has the layers and the merged file system, largest first', async () => {
    expect(screen(await explorerOf(STACK), 80, 12)).toEqual([
      ' image.tar  app:1  820 in 3 files, 3 layers, wasted 8100, efficiency 9 %',
      '[Layers]                        | Files of the image',
      '    #  Content  Instruction     |        Size  Name',
      '> all      820  final file syst~|>        700  > app/',
      '    0     8100  RUN step 0      |         120  > etc/',
      '    1      820  RUN step 1      |           0  > var/',
      '    2        0  RUN step 2      |',
      '                                |',
      '                                |',
      '                                |',
      '                                |',
      '? help  q quit  Tab panes  / search  f filter  Enter view  d difference  W waste',
    ]);
  });

  it('has lines of exactly its width, however small it is', async () => {
    const explorer = await explorerOf(STACK);
    press(explorer, ['tab', 'E', ']', ']']);
    for (const [width, height] of [
      [200, 60],
      [64, 24],
      [40, 10],
      [10, 4],
      [1, 1],
    ] as const) {
      const lines = screen(explorer, width, height);
      expect(lines).toHaveLength(height);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });

  it('shows the last layer that fits, and keeps the selection visible', async () => {
    const layers = Array.from({ length: 30 }, (_, i) => [file(`f${i}`, i)]);
    const explorer = await explorerOf(layers);
    press(explorer, ['G']);
    expect(screen(explorer, 60, 8).slice(3, 7)).toEqual([
      '   26       26        0  RUN step 26',
      '   27       27        0  RUN step 27',
      '   28       28        0  RUN step 28',
      '>  29       29        0  RUN step 29',
    ]);
  });
});

describe('hostile text', () => {
  it('is cut before it is measured or escaped', async () => {
    const lengths: number[] = [];
    const counted = <T extends string | Uint8Array>(show: (value: T) => string) => {
      return (value: T): string => {
        lengths.push(value.length);
        return show(value);
      };
    };
    const { name, text } = plainFormat;
    const long = 'x'.repeat(1_000_000);
    const { image } = await explorerOf([[file('n'.repeat(4000), 1)], [file('b', 2)]]);
    const layers = image.layers.map((layer) => ({ ...layer, instruction: long, comment: long }));
    const hostile = { ...image, title: long, facts: [long], layers };
    const explorer = new Explorer(hostile, { ...plainFormat, name: counted(name), text: counted(text) });
    press(explorer, ['j', 'j', 'tab', 'g', 'tab', 'k', 'k']);
    expect(lengths.length).toBeGreaterThan(20);
    // A path has at most 4,095 bytes.
    expect(Math.max(...lengths)).toBeLessThan(4100);
  });
});

describe('the changes of layers', () => {
  it('are those of the selected layer alone', async () => {
    expect(await treeAfter(['tab', 'E', ']', ']'])).toEqual([
      '[Files after layer 1, its changes]',
      '        Size   Share  Name',
      '>+       700    85 %  v app/',
      ' +       700    85 %      copy.js',
      ' +       700    85 %      main.js',
      '         120    14 %  v etc/',
      ' ~       120    14 %      passwd',
    ]);
  });

  it('show deleted files with their sizes', async () => {
    expect(await treeAfter(['tab', 'E', ']', ']', ']'])).toEqual([
      '[Files after layer 2, its changes]',
      '        Size   Share  Name',
      '>      -8000   100 %  v var/',
      '       -8000   100 %    v cache/',
      ' -     -5000    62 %        a.deb',
      ' -     -3000    37 %        b.deb',
    ]);
  });

  it('are those of all layers since the base, as in dive, or since a marked layer', async () => {
    const since = [
      ' -            -5000    56 %        a.deb',
      ' -            -3000    34 %        b.deb',
      ' +              700     7 %  v app/',
      ' +              700     7 %      copy.js',
      ' +              700     7 %      main.js',
      '                120     1 %  v etc/',
      ' ~              120     1 %      passwd',
    ];
    const aggregated = await treeAfter(['tab', 'E', 'G', ']', ']', ']', 'ctrl-a', 'g', 'G']);
    expect(aggregated[0]).toBe('[Files changed by layers 1 to 2]');
    expect(aggregated.slice(-7, -1)).toEqual(since.slice(0, -1));
    const marked = await treeAfter(['tab', 'E', ']', ']', 'm', ']', 'G']);
    expect(marked[0]).toBe('[Files changed by layers 1 to 2]');
    expect(marked.slice(-7, -1)).toEqual(since.slice(0, -1));
  });

  it('are those of all layers where Ctrl-A is pressed again, with what the lowest added', async () => {
    const explorer = await explorerOf(STACK);
    press(explorer, ['tab', 'ctrl-a']);
    expect(explorer.message?.text).toBe('changes of layers 1 to 2; Ctrl-A again: with the lowest layer');
    press(explorer, ['ctrl-a']);
    expect(explorer.message?.text).toBe('changes of layers 0 to 2');
    press(explorer, ['f', ...'+ >100', 'enter', 'E']);
    const rows = screen(explorer, 60, 14).filter((line) => /^.\+/.test(line));
    expect(rows.map((line) => line.trim().split(/ +/).at(-1))).toEqual([
      'app/',
      'copy.js',
      'main.js',
      'etc/',
      'passwd',
    ]);
    press(explorer, ['escape', 'ctrl-a']);
    expect(explorer.message?.text).toBe('changes of layers 1 to 2; Ctrl-A again: with the lowest layer');
  });

  it('stand among all files where these are wanted', async () => {
    const lines = await treeAfter(['tab', 'E', ']', ']', ']', 'c', 's']);
    expect(lines).toEqual([
      '[Files after layer 2  by name]',
      '               Size   Share  Name',
      '                700     7 %  v app/',
      '                700     7 %      copy.js',
      '                700     7 %      main.js',
      '                120     1 %  v etc/',
      '                                 link -> passwd',
      '                120     1 %      passwd',
      '>             -8000    90 %  v var/',
      '              -8000    90 %    v cache/',
      ' -            -5000    56 %        a.deb',
    ]);
  });
});

describe('a directory with deleted and other files', () => {
  const MIXED = [
    [file('cache/a', 90_000), file('cache/b', 100), file('log', 20)],
    [{ path: 'cache/.wh.a' }, file('cache/c', 5000), file('new', 6000)],
  ];

  it('has both sizes, and is sorted by their sum', async () => {
    const explorer = await explorerOf(MIXED);
    press(explorer, ['tab', ']', ']']);
    expect(screen(explorer, 60, 16).slice(2, 5)).toEqual([
      '               Size   Share  Name',
      '>       5000 -90000    94 %  > cache/',
      ' +             6000     5 %    new',
    ]);
  });

  it('has the difference in a narrow pane', async () => {
    const explorer = await explorerOf(MIXED);
    press(explorer, ['tab', ']', ']']);
    expect(screen(explorer, 40, 16).slice(2, 5)).toEqual([
      '        Size  Name',
      '>     -85000  > cache/',
      ' +      6000    new',
    ]);
  });
});

const detailsOf = (explorer: Explorer): string[] => {
  const lines = screen(explorer, 90, 24);
  return lines.slice(lines.findIndex((line) => line.startsWith(' Details')) + 1);
};

it('the last line names as many keys as fit, and help on every screen', async () => {
  const explorer = await explorerOf(STACK);
  const keys = (width: number): string => screen(explorer, width, 12).at(-1) ?? '';
  expect(keys(20)).toBe('? help  q quit');
  expect(keys(40)).toBe('? help  q quit  Tab panes  / search');
  expect(keys(130)).toMatch(/ {2}W waste {2}F all files {2}A advice {2}w write {2}x extract$/);
  press(explorer, ['F']);
  expect(keys(20)).toBe('? help  q back');
  press(explorer, ['q', '?']);
  expect(keys(20)).toBe('? help  q back');
  // Only files are shown in hexadecimal.
  expect(keys(120)).not.toContain('hexadecimal');
  press(explorer, ['x']);
  expect(explorer.message?.text).toBe('only files are shown in hexadecimal');
});

it('i sums up what is in a directory, and x counts the deleted paths that it leaves out', async () => {
  const explorer = await explorerOf([
    [file('a/deep/one', 40), { path: 'a/two', type: 'link', linkpath: 'a/deep/one' }, file('a/old', 7)],
    [{ path: 'a/.wh.old' }, file('a/new', 5), file('b', 9)],
  ]);
  const aboutOf = (): string[] => screen(explorer, 60, 12).slice(2, 4);
  press(explorer, ['tab', ']', ']', 'i']);
  expect(aboutOf()).toEqual([' contains 3 files, 45, after layer 1', ' wasted   7 below it, by all layers']);
  press(explorer, ['q', 'x']);
  expect(press(explorer, ['enter'])).toMatchObject({ layer: 1, to: 'a-extracted', deletedPaths: 1 });
  press(explorer, ['[', 'i']);
  expect(aboutOf()[0]).toBe(' contains 3 files, 47, after layer 0');
  press(explorer, ['q', 'x']);
  expect(press(explorer, ['enter'])).toMatchObject({ layer: 0, deletedPaths: 0 });
});

it('the details of several layers begin with the sums of their figures', async () => {
  const explorer = await explorerOf(STACK);
  press(explorer, ['j', 'j', 'm', 'j']);
  expect(detailsOf(explorer).slice(0, 2)).toEqual([
    ' layers 1 to 2: +2 ~1 -2  content 820  wasted 0  stored 6656',
    ' layer 2  RUN step 2',
  ]);
  press(explorer, ['m']);
  expect(detailsOf(explorer)[0]).toBe(' layer 2  RUN step 2');
});

describe('keys', () => {
  it('expand, enter, leave and collapse directories', async () => {
    const explorer = await explorerOf(STACK);
    press(explorer, ['tab', 'l']);
    expect(screen(explorer, 40, 8).slice(3, 7)).toEqual([
      '>        700  v app/',
      '         700      copy.js',
      '         700      main.js',
      '         120  > etc/',
    ]);
    press(explorer, ['l', 'j']);
    expect(explorer.panes.tree.row).toBe(2);
    press(explorer, ['h']);
    expect(explorer.panes.tree.row).toBe(0);
    press(explorer, ['h']);
    expect(explorer.panes.tree.count).toBe(3);
    press(explorer, [' ']);
    expect(explorer.panes.tree.count).toBe(5);
    press(explorer, ['E']);
    expect(explorer.panes.tree.count).toBe(8);
    press(explorer, ['C']);
    expect(explorer.panes.tree.count).toBe(3);
  });

  it('search while typing, return where nothing matches, and go through the matches', async () => {
    const explorer = await explorerOf(STACK);
    const selected = () => explorer.panes.tree.node;
    const start = selected();
    press(explorer, ['tab', '/', 'p', 'a', 's']);
    const passwd = selected();
    expect(Buffer.from(explorer.index.nameOf(passwd)).toString()).toBe('passwd');
    press(explorer, ['x']);
    expect(selected()).toBe(start);
    press(explorer, ['backspace', 'enter']);
    expect(selected()).toBe(passwd);
    expect(screen(explorer, 60, 12).at(-1)).toBe('pas: 1 of 1  n next  N previous  Esc ends');
    press(explorer, ['escape', '/', 'j', 's', 'enter', 'n']);
    expect(screen(explorer, 60, 12).at(-1)).toBe('js: 2 of 2  n next  N previous  Esc ends');
    press(explorer, ['n']);
    expect(screen(explorer, 60, 12).at(-1)).toBe('js: 1 of 2  n next  N previous  Esc ends');
    press(explorer, ['N']);
    expect(screen(explorer, 60, 12).at(-1)).toBe('js: 2 of 2  n next  N previous  Esc ends');
    press(explorer, ['/', 'e', 't', 'c', 'escape']);
    expect(Buffer.from(explorer.index.nameOf(selected())).toString()).toBe('main.js');
  });

  it('go to the first match also where a word ends before it is searched', async () => {
    const explorer = await explorerOf(STACK);
    for (const key of ['tab', '/', 'p', 'a', 's', 'enter']) explorer.update(key);
    press(explorer, ['ctrl-l', 'i']);
    expect(screen(explorer, 60, 12)[0]).toContain('/etc/passwd');
  });

  it('filter by name, size and kind of change; a wrong word is named', async () => {
    expect(await treeAfter(['tab', 'E', 'f', ...'*.js >100', 'enter'])).toEqual([
      '[Files of the image  filter *.js >100  2 paths]',
      '        Size   Share  Name',
      '         700   100 %  v app/',
      '>        700   100 %      copy.js',
      '         700   100 %      main.js',
    ]);
    const explorer = await explorerOf(STACK);
    press(explorer, ['f', ...'>ten', 'enter']);
    expect(explorer.message).toEqual({ text: '>ten is not a size: write >10M or <1k', isError: true });
    press(explorer, ['f', ...'none', 'enter']);
    expect(screen(explorer, 60, 12)[3]).toBe('  nothing matches the filter: Esc clears it');
    press(explorer, ['escape']);
    expect(explorer.panes.tree.count).toBe(3);
  });

  it('filter by changes only where a layer has some, and say so', async () => {
    const explorer = await explorerOf(STACK);
    const text = '+ ~ - need a layer: select one, Ctrl-A shows all changes';
    press(explorer, ['f', '~', 'enter']);
    expect(explorer.message?.text).toBe(text);
    expect(screen(explorer, 60, 12)[3]).toBe(`  ${text}`);
    press(explorer, ['ctrl-a', 'E']);
    expect(explorer.panes.layers.layer).toBe(2);
    expect(screen(explorer, 60, 12).slice(1, 5)).toEqual([
      '[Files changed by layers 1 to 2  filter ~  1 path]',
      '        Size   Share  Name',
      '>        120   100 %  v etc/',
      ' ~       120   100 %      passwd',
    ]);
    press(explorer, ['f', 'ctrl-u', '=', 'enter']);
    expect(explorer.message).toBe(null);
  });

  it('are named where they are unknown, or for another pane', async () => {
    const explorer = await explorerOf(STACK);
    const noteAfter = (...keys: string[]) => {
      press(explorer, keys);
      return explorer.message?.text;
    };
    for (const views of [['z'], ['tab', 'z'], ['?', 'z'], ['q', 'F', 'z']])
      expect(noteAfter(...views)).toBe('no such key: ? shows all');
    expect(noteAfter('q', 'tab', 'w')).toBe('this key is for files: Tab goes to them');
    expect(noteAfter('f', ...'none', 'enter', 'w')).toBe('no path is selected');
    expect(noteAfter('F', 'f', ...'none', 'enter', 'v')).toBe('no row is selected');
  });

  it('compare layers, also from the files, where one is marked and no file is selected', async () => {
    const explorer = await explorerOf(STACK);
    expect(press(explorer, [']', 'tab', 'd'])).toBe(null);
    expect(explorer.message?.text).toBe('not a file');
    press(explorer, ['m']);
    expect(explorer.message?.text).toBe(
      'layer 0 is marked: select another for the changes of both and those between; d in the layers compares both',
    );
    const compare = { kind: 'compare', range: { from: 1, to: 1, marks: true } };
    expect(press(explorer, [']', 'd'])).toEqual(compare);
    expect(press(explorer, ['tab', 'd'])).toEqual(compare);
    press(explorer, ['tab', 'E', '/', ...'passwd', 'enter', 'd']);
    expect(explorer.message?.text).toBe('there is no earlier version of this file');
  });

  it('ask for contents of the layer that is shown, also of deleted files', async () => {
    const explorer = await explorerOf(STACK);
    const effect = press(explorer, ['tab', 'E', ']', ']', ']', 'j', 'j', 'enter']);
    expect(effect).toMatchObject({ kind: 'view', place: { layer: 0, entry: 4, sizeBytes: 5000 } });
    const saved = press(explorer, ['w', 'ctrl-u', ...'out.deb', 'enter']);
    expect(saved).toMatchObject({ kind: 'save', to: 'out.deb', place: { layer: 0, entry: 4 } });
    // The file does not exist any more after the layer that deletes it.
    const extracted = press(explorer, ['x', 'enter']);
    expect(extracted).toMatchObject({ kind: 'extract', layer: 1, to: 'a.deb-extracted' });
    expect(press(explorer, ['y'])).toEqual({ kind: 'copy', text: '/var/cache/a.deb' });
    expect(press(explorer, ['W'])).toEqual({ kind: 'report', report: 'waste' });
    expect(press(explorer, ['q'])).toEqual({ kind: 'quit' });
    expect(press(explorer, ['ctrl-c'])).toEqual({ kind: 'interrupt' });
    expect(press(explorer, ['ctrl-z'])).toEqual({ kind: 'suspend' });
  });

  it('cancel what takes time, and nothing else meanwhile', async () => {
    const explorer = await explorerOf(STACK);
    explorer.setBusy('Reading');
    expect(press(explorer, ['j', '?'])).toBe(null);
    expect(screen(explorer, 60, 12)[0]).toBe(' Reading');
    expect(press(explorer, ['q'])).toEqual({ kind: 'cancel' });
    expect(press(explorer, ['q'])).toEqual({ kind: 'quit' });
  });

  it('show what each layer did to a path, and where bytes are wasted', async () => {
    const explorer = await explorerOf(STACK);
    press(explorer, ['tab', '/', ...'passwd', 'enter', 'i']);
    expect(screen(explorer, 70, 6)).toEqual([
      ' /etc/passwd  1-4 of 4',
      ' f644 (0644)  0:0  120  @0',
      ' layer 1  ~ changed  120  RUN step 1',
      ' layer 0  + added  100  RUN step 0',
      '   wasted by layer 1: RUN step 1',
      '? help  q back  / search  n next  p pager  e editor  arrows scroll',
    ]);
  });

  it('lead from a list to a path, although only changes of another layer were shown', async () => {
    const explorer = await explorerOf(STACK);
    press(explorer, ['tab', '/', ...'passwd', 'enter']);
    const { node } = explorer.panes.tree;
    press(explorer, ['escape', 'f', ...'*.js', 'enter', ']', ']', ']']);
    const list: View = {
      hints: ['keys of the list'],
      title: () => 'a list',
      note: () => null,
      update: (key) => (key === 'enter' ? { kind: 'go', layer: 1, node } : null),
      mouse: () => null,
      read: () => ({ heading: [], row: null, lines: [], first: null }),
      seen: () => ({ view: 'text', title: '', lines: [] }),
      work: () => true,
      frame: (width, height) => Array.from({ length: height }, () => [span(' '.repeat(width))]),
    };
    explorer.show(list);
    expect(screen(explorer, 60, 12).filter((line) => line !== '')).toEqual([' a list', 'keys of the list']);
    press(explorer, ['enter']);
    expect(screen(explorer, 60, 12)[1]).toBe('[Files after layer 1]');
    expect(explorer.panes.tree.node).toBe(node);
  });
});
