import type { Explorer } from '@layers/explorer';
import { beforeEach, expect, it } from 'vitest';
import { explorerOf, press, screen } from '../support/explored.ts';

const directory = (path: string) => ({ path, type: 'directory' as const });
const file = (path: string, bytes: number) => ({ path, data: Buffer.alloc(bytes, 'text\n') });

let explorer: Explorer;

beforeEach(async () => {
  explorer = await explorerOf([
    [directory('etc/'), file('etc/passwd', 100), directory('a/'), file('a/b', 50), file('a/kept', 7)],
    [file('etc/passwd', 120), file('a/b', 60)],
    [file('etc/passwd', 130), { path: '.wh.a' }, file('a', 5)],
  ]);
  press(explorer, ['tab']);
});

const files = (): string[] =>
  screen(explorer, 62, 16)
    .slice(1, -4)
    .filter((line) => line !== '');

it('b shows wasted bytes, those of directories too, and again sizes', () => {
  press(explorer, ['b', 'E']);
  expect(files()).toEqual([
    '[Files wasted bytes of the image]',
    '      Wasted   Share        Mode  Name',
    '>        220    65 %        d755  v etc/',
    '         220    65 %        f644      passwd',
    '         117    34 %        f644  v a',
    '         110    32 %        f644      b',
    '           7     2 %        f644      kept',
  ]);
  press(explorer, ['f', ...'>55', 'enter']);
  expect(files()).toEqual([
    '[Files wasted bytes of the image  filter >55  2 paths]',
    '      Wasted   Share        Mode  Name',
    '         220    66 %        d755  v etc/',
    '>        220    66 %        f644      passwd',
    '         110    33 %        f644  v a',
    '         110    33 %        f644      b',
  ]);
  press(explorer, ['escape', ']', ']']);
  expect(files()).toEqual([
    '[Files wasted bytes of layer 1]',
    '      Wasted   Share        Mode  Name',
    '>        120    66 %        d755  v etc/',
    '         120    66 %        f644      passwd',
    '          60    33 %        d755  v a/',
    '          60    33 %        f644      b',
  ]);
  press(explorer, [']']);
  expect(files()).toEqual([
    '[Files wasted bytes of layer 2]',
    '      Wasted   Share        Mode  Name',
    '  nothing is wasted: b shows sizes',
  ]);
  press(explorer, ['b']);
  expect(files()[0]).toBe('[Files after layer 2, its changes]');
});

it('the wasted version is what is viewed, and where o and O lead', () => {
  press(explorer, [']', ']', 'b', 'E', '/', ...'passwd', 'enter']);
  expect(press(explorer, ['v'])).toMatchObject({ place: { layer: 1, sizeBytes: 120 } });
  press(explorer, ['o']);
  expect(explorer.message?.text).toBe('stored by layer 1: RUN step 1');
  expect(explorer.panes.tree.request.measure).toBe('wasted');
  press(explorer, ['O']);
  expect(explorer.message?.text).toBe('wasted by layer 2: RUN step 2');
  expect(explorer.panes.layers.layer).toBe(2);
  // That layer wastes nothing of its own, so that the path is among its sizes.
  expect(explorer.panes.tree.request.measure).toBe('size');
  expect(Buffer.from(explorer.index.nameOf(explorer.panes.tree.node)).toString()).toBe('passwd');
});

it('what a layer deleted below a path that became a file is expanded', () => {
  press(explorer, [']', ']', ']', 'G', ' ']);
  expect(files()).toEqual([
    '[Files after layer 2, its changes]',
    '               Size   Share        Mode  Name',
    '                130    64 %        d755  > etc/',
    '>~            5 -67    35 %        f644  v a',
    ' -              -60    29 %        f644      b',
    ' -               -7     3 %        f644      kept',
  ]);
});
