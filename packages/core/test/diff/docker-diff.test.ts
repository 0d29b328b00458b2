import { dockerLinesOf, file } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const directory = (path: string, rest: Partial<EntrySpec> = {}): EntrySpec => ({
  type: 'directory',
  path,
  ...rest,
});
const link = (path: string, linkpath: string): EntrySpec => ({ type: 'symlink', path, linkpath });
const base: EntrySpec[] = [
  directory('etc/'),
  directory('etc/deep/'),
  file('etc/deep/file', 'one'),
  file('etc/other', 'two'),
  link('etc/link', 'deep/file'),
];

/** Returns the lines for a layer on top of the base. */
const after = (...layer: readonly EntrySpec[]): Promise<string[]> =>
  dockerLinesOf(scratch, [base], [base, layer]);
const hide = (path: string): EntrySpec => ({ path });

describe('dockerDiff', () => {
  test('prints nothing for an image and itself', async () => {
    expect(await after()).toEqual([]);
  });

  test('every added path has a line, and every directory above it except the root', async () => {
    expect(await after(file('etc/deep/new/a', 'x'))).toEqual([
      'C /etc',
      'C /etc/deep',
      'A /etc/deep/new',
      'A /etc/deep/new/a',
    ]);
    expect(await after(file('top', 'x'))).toEqual(['A /top']);
  });

  test('only the top of a deleted tree has a line', async () => {
    expect(await after(hide('.wh.etc'))).toEqual(['D /etc']);
    expect(await after(hide('etc/.wh.deep'))).toEqual(['C /etc', 'D /etc/deep']);
  });

  test('a directory that was removed and created again has the lines of its children', async () => {
    expect(await after(hide('etc/.wh..wh..opq'), file('etc/k', 'x'))).toEqual([
      'C /etc',
      'D /etc/deep',
      'A /etc/k',
      'D /etc/link',
      'D /etc/other',
    ]);
  });

  test('a directory that became a file is changed; its old children have no lines', async () => {
    expect(await after(hide('.wh.etc'), file('etc', 'now a file'))).toEqual(['C /etc']);
  });

  test('a file that became a directory is changed; its children are added', async () => {
    expect(await after(directory('etc/other/'), file('etc/other/in', 'x'))).toEqual([
      'C /etc',
      'C /etc/other',
      'A /etc/other/in',
    ]);
  });

  test.each([
    ['mode', file('etc/other', 'two', { mode: 0o600 })],
    ['owner', file('etc/other', 'two', { gid: 5 })],
    ['size', file('etc/other', 'longer')],
    ['bytes of the same length', file('etc/other', 'TWO')],
    ['time', file('etc/other', 'two', { mtime: 99 })],
    [
      'capability',
      file('etc/other', 'two', { xattrs: new Map([['security.capability', Buffer.from('c')]]) }),
    ],
    ['type', link('etc/other', 'x')],
  ])('another %s of a file counts', async (_, spec) => {
    expect(await after(spec)).toEqual(['C /etc', 'C /etc/other']);
  });

  test('another target of a symlink counts, even of the same length', async () => {
    expect(await after(link('etc/link', 'deep/fil_'))).toEqual(['C /etc', 'C /etc/link']);
  });

  test('another mode of a directory counts, and its time does not', async () => {
    expect(await after(directory('etc/deep/', { mode: 0o700 }))).toEqual(['C /etc', 'C /etc/deep']);
    expect(await after(directory('etc/deep/', { mtime: 99 }))).toEqual([]);
  });

  test('other extended attributes and hard links do not count', async () => {
    expect(
      await after(file('etc/other', 'two', { xattrs: new Map([['user.a', Buffer.from('c')]]) })),
    ).toEqual([]);
    const one = [file('a', 'x'), { type: 'link' as const, path: 'b', linkpath: 'a' }];
    expect(await dockerLinesOf(scratch, [one], [[file('a', 'x'), file('b', 'x')]])).toEqual([]);
  });

  test('times that differ in nanoseconds count, unless one of them has none', async () => {
    const at = (mtimeNs: number): EntrySpec[] => [file('a', 'x', { mtime: 5, mtimeNs })];
    expect(await dockerLinesOf(scratch, [at(1)], [at(2)])).toEqual(['C /a']);
    expect(await dockerLinesOf(scratch, [at(1)], [at(0)])).toEqual([]);
  });

  test('the root has no line', async () => {
    expect(await after(directory('./', { mode: 0o700 }))).toEqual([]);
  });

  test('filters keep the lines of included paths, even without the lines above them', async () => {
    const lines = (layer: readonly EntrySpec[], filter: object): Promise<string[]> =>
      dockerLinesOf(scratch, [base], [base, layer], filter);
    expect(await lines([hide('.wh.etc')], { include: ['file'] })).toEqual(['D /etc/deep/file']);
    expect(await lines([hide('.wh.etc')], { include: ['/etc/deep'] })).toEqual(['D /etc/deep']);
    expect(await lines([hide('.wh.etc'), file('etc', 'x')], { include: ['other'] })).toEqual([
      'D /etc/other',
    ]);
    expect(await lines([file('etc/other', '2'), file('etc/new', '3')], { include: ['new'] })).toEqual([
      'A /etc/new',
    ]);
    expect(await lines([file('etc/deep/a', '2')], { exclude: ['/etc/deep'] })).toEqual([]);
  });

  test('a renamed path is deleted and added', async () => {
    expect(await after(hide('etc/.wh.other'), file('etc/moved', 'two'))).toEqual([
      'C /etc',
      'A /etc/moved',
      'D /etc/other',
    ]);
  });
});
