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

describe('names of one file', () => {
  test('that changed alike are told as further names of the first', async () => {
    const names = (text: string) => [file('a', text), link('b', 'a'), link('c', 'a'), file('d', text)];
    expect(await firstNames(names('old'), names('new'))).toEqual({
      '/a': '',
      '/b': '/a',
      '/c': '/a',
      '/d': '',
    });
  });

  test('that are new are further names of one that both images have', async () => {
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

  test('that are gone are one removal', async () => {
    expect(await firstNames([file('a', 'x'), link('b', 'a')], [])).toEqual({ '/a': '', '/b': '/a' });
  });

  test('that all became symlinks are told once, others of their own', async () => {
    const before = [file('a', 'x'), link('b', 'a'), file('c', 'y')];
    const after = [symlink('a', 'box'), symlink('b', 'box'), symlink('c', 'box')];
    expect(await firstNames(before, after)).toEqual({ '/a': '', '/b': '/a', '/c': '' });
  });

  test('that were apart and are one now differ in what they were', async () => {
    const before = [file('a', 'one'), file('b', 'second')];
    const after = [file('a', 'x'), link('b', 'a')];
    expect(await firstNames(before, after)).toEqual({ '/a': '', '/b': '' });
  });
});
