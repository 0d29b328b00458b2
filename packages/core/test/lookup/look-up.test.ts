import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { listTree } from '../../src/analysis/list.ts';
import { lookUpDirectory, lookUpPaths } from '../../src/lookup/look-up.ts';
import { Kind } from '../../src/rootfs/kind.ts';
import { NONE } from '../../src/rootfs/node-table.ts';
import { childrenOf, nodePath, resolvePath } from '../../src/rootfs/rootfs.ts';
import { file, link, marker, symlink } from '../rootfs/layer-helpers.ts';
import { unite } from '../rootfs/union-helpers.ts';

/** Returns the kind of a path, and the path of its node; null where it is not found. Checks that the merge says the same. */
function found(layers: EntrySpec[][], path: string): { kind: number; entry: number } | null {
  const merged = unite(layers);
  const result = lookUpPaths(merged.layers, [path]);
  const resolved = resolvePath(merged, path);
  if (result === null) return null;
  const [node = NONE] = result.nodes;
  const { nodes } = result.union;
  const place = { kind: nodes.kindOf(node), entry: nodes.entryOf(node) };
  const expected = 'node' in resolved ? resolved.node : NONE;
  expect(place).toEqual({ kind: merged.nodes.kindOf(expected), entry: merged.nodes.entryOf(expected) });
  return place;
}

describe('a directory that a hard link makes after all other entries', () => {
  const implicit = { kind: Kind.directory, entry: NONE };

  test('is found where a file replaced it before', () => {
    expect(found([[file('d/x'), link('d/l', 't'), file('d'), file('t')]], 'd')).toEqual(implicit);
  });

  test('is found where another such link replaced it before', () => {
    const layer = [file('d/x'), link('d', 't2'), file('d/y'), link('d/l', 't'), file('t2'), file('t')];
    expect(found([layer], 'd')).toEqual(implicit);
  });
});

describe('symlinks', () => {
  const chain = (length: number) =>
    Array.from({ length }, (_, i) => symlink(`s${i}`, i === 0 ? '/dir/../dir' : `s${i - 1}`));

  test('are followed in all parts of a path, through layers', () => {
    const layers = [[file('dir/f'), symlink('a', 'dir')], [symlink('b', './a')]];
    expect(found(layers, '/b/f')).toEqual({ kind: Kind.file, entry: 0 });
    expect(found([...layers, [marker('dir/.wh.f')]], '/b/f')).toBeNull();
  });

  test('are followed up to 40 times', () => {
    expect(found([[file('dir/f'), ...chain(40)]], 's39/f')).toEqual({ kind: Kind.file, entry: 0 });
    expect(found([[file('dir/f'), ...chain(41)]], 's40/f')).toBeNull();
    expect(found([[symlink('s', 's')]], 's')).toBeNull();
  });
});

test('hard links of hard links are left to the merge of all layers beyond a limit', () => {
  const chain = (length: number) =>
    Array.from({ length }, (_, i) => link(`l${i}`, i === 0 ? 'f' : `l${i - 1}`));
  expect(found([[file('f'), ...chain(10)]], 'l9')).toEqual({ kind: Kind.file, entry: 0 });
  expect(found([[file('f'), ...chain(100)]], 'l99')).toBeNull();
});

describe('a listed directory', () => {
  const layers = [[file('d/a'), file('d/b/c'), file('e'), link('d/l', 'e')], [marker('d/.wh.a')]];

  test('has its children', () => {
    const { layers: changesets } = unite([...layers, [marker('d/.wh.l'), file('d/z')]]);
    const directory = lookUpDirectory(changesets, Buffer.from('./d/'));
    const names = directory === null ? [] : childrenOf(directory.union, directory.top);
    expect(
      names.map((node) => Buffer.from(nodePath(directory?.union ?? unite([]), node)).toString()),
    ).toEqual(['/d/b', '/d/z']);
  });

  test('has the first of the names of each content', () => {
    const stack = unite([[file('a/x'), link('b/y', 'a/x'), link('c/z', 'b/y'), file('c/own')]]);
    const names = (path: string) => {
      const found = lookUpDirectory(stack.layers, Buffer.from(path));
      return (
        found && [...listTree(found.union, found.top, false, null)].map((each) => [each.path, each.linkname])
      );
    };
    expect(names('c')).toEqual([
      ['/c/own', undefined],
      ['/c/z', '/a/x'],
    ]);
    expect(names('a')).toEqual([['/a/x', undefined]]);
    expect(names('b/y')).toEqual([['/b/y', '/a/x']]);
  });

  test('is not found where there is none', () => {
    const { layers: changesets } = unite(layers);
    expect(lookUpDirectory(changesets, Buffer.from('none'))).toBeNull();
    expect(lookUpDirectory(changesets, Buffer.from('../d'))).toBeNull();
  });
});
