import { expect, it } from 'vitest';
import { explorerOf, press, screen } from '../support/explored.ts';

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

it('filters while typing, with the hits expanded and the first selected; Esc shows what was shown before', async () => {
  const explorer = await explorerOf(STACK);
  const files = () => screen(explorer, 60, 11).slice(1, -3);
  press(explorer, ['tab', 'j', ' ', 'j', 'j']);
  const before = files();
  expect(before[5]).toMatch(/^>.* link -> passwd$/);
  press(explorer, ['f', ...'deb']);
  expect(files().slice(0, 4)).toEqual([
    '[Files of the image  filter deb  0 paths]',
    '        Size   Share  Name',
    '  nothing matches the filter: Esc clears it',
    '',
  ]);
  press(explorer, ['ctrl-u', ...'JS']);
  expect(files()[2]).toBe('  nothing matches the filter: Esc clears it');
  press(explorer, ['ctrl-u', ...'js']);
  const hits = [
    '[Files of the image  filter js  2 paths]',
    '        Size   Share  Name',
    '         700   100 %  v app/',
    '>        700   100 %      copy.js',
    '         700   100 %      main.js',
  ];
  expect(files().slice(0, 5)).toEqual(hits);
  // A word that is wrong, or not complete, changes nothing before the end.
  press(explorer, [...' >']);
  expect(files().slice(0, 5)).toEqual(hits);
  expect(explorer.message).toBe(null);
  press(explorer, ['enter']);
  expect(explorer.message?.isError).toBe(true);
  expect(files()).toEqual(before);
  press(explorer, ['f', ...'js', 'escape']);
  expect(files()).toEqual(before);
  press(explorer, ['tab', 'f', ...'js', 'enter']);
  expect(explorer.panes.focus).toBe('tree');
  press(explorer, ['C', 'escape']);
  expect(files()).toEqual(before);
  press(explorer, ['f', ...'js', 'enter', 'f', 'ctrl-u', ...'link', 'escape']);
  expect(files().slice(0, 5)).toEqual(hits);
});

it('expands what a filter shows as far as that is some hundred rows', async () => {
  const many = Array.from({ length: 500 }, (_, i) => file(`many/${i}.js`, 1));
  const explorer = await explorerOf([[directory('many/'), ...many, directory('few/'), file('few/a.js', 2)]]);
  press(explorer, ['f', ...'.js', 'enter', 's']);
  expect(screen(explorer, 60, 9).slice(2, 6)).toEqual([
    '        Size   Share  Name',
    '           2     0 %  v few/',
    '>          2     0 %      a.js',
    '         500    99 %  > many/',
  ]);
});

it('searches, and collapses again what was expanded for a match that is left', async () => {
  const explorer = await explorerOf(STACK);
  const files = () => screen(explorer, 60, 11).slice(1, -3);
  press(explorer, ['tab', 'j']);
  const before = files();
  press(explorer, ['/', 'm', 'a']);
  expect(files()[4]).toMatch(/^>.* main\.js$/);
  press(explorer, ['x']);
  expect(files()).toEqual(before);
  expect(screen(explorer, 60, 11).at(-1)).toBe('/max    no match; F searches all layers');
  press(explorer, ['enter']);
  expect(screen(explorer, 60, 11).at(-1)).toBe('max: no match; F searches all layers  Esc ends');
  press(explorer, ['escape', '/', 'l', 'i']);
  expect(files().filter((line) => line.includes(' v '))).toEqual([expect.stringContaining('v etc/')]);
  press(explorer, ['ctrl-u', 'm', 'a', 'i']);
  expect(files().filter((line) => line.includes(' v '))).toEqual([expect.stringContaining('v app/')]);
  press(explorer, ['escape']);
  expect(files()).toEqual(before);
  press(explorer, ['/', 'l', 'i', 'enter', '/', 'm', 'a', 'i', 'enter']);
  expect(files().filter((line) => line.includes(' v '))).toHaveLength(2);
});
