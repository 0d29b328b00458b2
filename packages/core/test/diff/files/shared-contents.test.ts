import { diffOf, file, inWords } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const ONLY_FILES = { only: ['files'] } as const;
const link = (path: string, linkpath: string) => ({ type: 'link', path, linkpath }) as const;

describe('a content with several names', () => {
  test('does not reduce the bytes where one name is removed and another remains', async () => {
    const base = [file('f', 'twelve bytes'), link('g', 'f')];
    const { totals, list } = await diffOf(scratch, [base], [base, [file('.wh.g', '')]], ONLY_FILES);
    expect(inWords(list)).toEqual(['- /g']);
    expect(totals?.deltaBytes).toBe(0);
  });

  test('is compared with each content of the same size at its paths in the other image', async () => {
    const a = [file('f', 'one'), link('g', 'f'), link('h', 'f'), link('i', 'f')];
    const b = [file('f', 'one'), file('g', 'two'), link('h', 'f'), link('i', 'g')];
    expect(inWords((await diffOf(scratch, [a], [b], ONLY_FILES)).list)).toEqual([
      '~ /g content',
      '~ /i content',
    ]);
    expect(inWords((await diffOf(scratch, [b], [a], ONLY_FILES)).list)).toEqual([
      '~ /g content',
      '~ /i content',
    ]);
  });
});

test('the first hundred of many hard links are listed', async () => {
  const names = Array.from({ length: 119 }, (_, i) => link(`n${String(i).padStart(3, '0')}`, 'f'));
  const more = [...names, link('n119', 'f')];
  const options = { only: ['files'], ignore: [] } as const;
  const { list } = await diffOf(scratch, [[file('f', 'x'), ...names]], [[file('f', 'x'), ...more]], options);
  const { a, b } = list[0] ?? {};
  for (const values of [a, b]) {
    expect(values?.hardlinks?.length).toBe(100);
    expect(values?.hardlinks?.slice(0, 2)).toEqual(['/f', '/n000']);
    expect(values?.hardlinks?.at(-1)).toBe('/n098');
  }
});

test('renamed files with equal content are paired by name, in any order of paths', async () => {
  const a = [file('a/x', 'alike'), file('b/y', 'alike'), file('b/keep', 'b'), file('a/keep', 'a')];
  const b = [file('c/y', 'alike'), file('d/x', 'alike'), file('b/keep', 'b'), file('a/keep', 'a')];
  const { list } = await diffOf(scratch, [a], [b], ONLY_FILES);
  expect(inWords(list).filter((line) => line.startsWith('>'))).toEqual(['> /b/y /c/y', '> /a/x /d/x']);
});

test('a renamed file has no patch that creates it', async () => {
  const options = { only: ['files'], patch: { newFiles: true } } as const;
  const { list } = await diffOf(scratch, [[file('old', 'line\n')]], [[file('new', 'line\n')]], options);
  expect(inWords(list)).toEqual(['> /old /new']);
  expect(list[0]).not.toHaveProperty('patch');
});

describe('a renamed directory', () => {
  test('may contain symlinks with other permissions, which the kernel ignores', async () => {
    const tree = (top: string, mode: number) => [
      file(`${top}/f`, 'bytes'),
      { type: 'symlink', path: `${top}/l`, linkpath: 'f', mode } as const,
    ];
    const { list } = await diffOf(scratch, [tree('old', 0o777)], [tree('new', 0o755)], ONLY_FILES);
    expect(inWords(list)).toEqual(['> /old /new (2)']);
  });
});
