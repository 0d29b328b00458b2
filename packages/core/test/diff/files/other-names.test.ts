import { diffOf, file } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const link = (path: string, linkpath: string): EntrySpec => ({ path, type: 'link', linkpath });
const symlink = (path: string, linkpath: string): EntrySpec => ({ path, type: 'symlink', linkpath });

async function firstNames(a: readonly EntrySpec[], b: readonly EntrySpec[]): Promise<Record<string, string>> {
  const { list } = await diffOf(scratch, [[...a]], [[...b]], { only: ['files'] });
  return Object.fromEntries(list.map(({ path, linkedTo }) => [path, linkedTo ?? '']));
}

describe('hard links to one file', () => {
  test('with the same change refer to the first one', async () => {
    const names = (text: string) => [file('a', text), link('b', 'a'), link('c', 'a'), file('d', text)];
    expect(await firstNames(names('old'), names('new'))).toEqual({
      '/a': '',
      '/b': '/a',
      '/c': '/a',
      '/d': '',
    });
  });

  test('that were added refer to one that both images have', async () => {
    const before = [file('b', 'old')];
    const after = [file('b', 'new'), link('c', 'b'), link('a', 'b')];
    expect(await firstNames(before, after)).toEqual({ '/a': '/b', '/b': '', '/c': '/b' });
    expect(await firstNames([file('b', 'same')], [file('b', 'same'), link('z', 'b')])).toEqual({
      '/z': '/b',
    });
    expect(await firstNames([file('b', 'same'), link('z', 'b')], [file('b', 'same')])).toEqual({
      '/z': '/b',
    });
  });

  test('that were removed are one removal', async () => {
    expect(await firstNames([file('a', 'x'), link('b', 'a')], [])).toEqual({ '/a': '', '/b': '/a' });
  });

  test('that all became symlinks are one change, other paths separate ones', async () => {
    const before = [file('a', 'x'), link('b', 'a'), file('c', 'y')];
    const after = [symlink('a', 'box'), symlink('b', 'box'), symlink('c', 'box')];
    expect(await firstNames(before, after)).toEqual({ '/a': '', '/b': '/a', '/c': '' });
  });

  test('to different files before differ in their old content', async () => {
    const before = [file('a', 'one'), file('b', 'second')];
    const after = [file('a', 'x'), link('b', 'a')];
    expect(await firstNames(before, after)).toEqual({ '/a': '', '/b': '' });
  });
});
