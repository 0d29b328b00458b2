import type { Explorer } from '@layers/explorer';
import { beforeEach, expect, it } from 'vitest';
import { explorerOf, press, screen } from '../support/explored.ts';

const link = (path: string, linkpath: string) => ({ path, type: 'link' as const, linkpath });

let explorer: Explorer;

beforeEach(async () => {
  explorer = await explorerOf([
    [
      { path: 'bin/box', data: Buffer.alloc(1000, 'box\n') },
      link('bin/ash', 'bin/box'),
      link('bin/cat', 'bin/box'),
      { path: 'etc/motd', data: Buffer.alloc(30, 'hi\n') },
    ],
    [{ path: 'bin/.wh.cat' }],
  ]);
});

const lines = (from: number, to: number): string[] => screen(explorer, 90, 24).slice(from, to);

it('the list of all files counts their bytes once, in the row of the first name', () => {
  press(explorer, ['F', 's']);
  expect(lines(0, 6)).toEqual([
    ' Files of all layers  4 versions, 2 hard links  by path',
    '       Size  Layer  In the end                Path',
    '          0      0  final                     /bin/ash  hard link of /bin/box',
    '>      1000      0  final                     /bin/box',
    '          0      0  deleted by 1              /bin/cat  hard link of /bin/box',
    '         30      0  final                     /etc/motd',
  ]);
  press(explorer, ['f', ...'/bin/**', 'enter']);
  expect(lines(0, 1)).toEqual([
    ' Files of all layers  4 versions, 2 hard links  by path  filter /bin/**: 3 rows, 1000',
  ]);
  press(explorer, ['g', 'i']);
  expect(lines(1, 3)).toEqual([
    ' /bin/ash',
    ' size       no bytes of its own  hard link of /bin/box of 1000',
  ]);
});

it('the details of each name say how many there are', () => {
  const text = 'hard link: one of 3 names of these bytes';
  press(explorer, ['tab', 'E', '/', ...'cat', 'enter']);
  press(explorer, [']', ']', '/', ...'cat', 'enter', 'i']);
  expect(lines(0, 4)).toEqual([
    ' /bin/cat  1-4 of 4',
    expect.stringContaining('f644'),
    ` ${text}`,
    expect.anything(),
  ]);
  press(explorer, ['q', '[', '/', ...'motd', 'enter']);
  expect(lines(17, 23).join('\n')).toContain('/etc/motd');
  expect(lines(17, 23).join('\n')).not.toContain('hard link');
});
