import { analysed } from '@layers/testing/analysed';
import { codeOfAsync } from '@layers/testing/errors';
import { ociArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import type { TreeNode } from '../../src/analysis/documents.ts';
import { type TreeOptions, treeDocument } from '../../src/analysis/tree.ts';

const scratch = useScratch();
const file = (path: string, bytes: number): EntrySpec => ({ path, data: Buffer.alloc(bytes, 65) });
const LAYERS: EntrySpec[][] = [
  [
    file('a/one', 100),
    file('a/two', 20),
    { path: 'a/again', type: 'link', linkpath: 'a/one' },
    { path: 'b/again', type: 'link', linkpath: 'a/one' },
    { path: 'b/sym', type: 'symlink', linkpath: 'again' },
    file('b/c/d/deep', 3),
    file('gone', 1000),
  ],
  [file('.wh.gone', 0), file('top', 7)],
];

const document = async (options: TreeOptions = {}) =>
  treeDocument(await analysed({ path: scratch.file(ociArchive(LAYERS)) }), options);
const tree = async (options: TreeOptions = {}) => (await document(options)).tree;

/** Returns `name bytes/files` for each node, indented by depth. */
function drawn({ name, type, sizeBytes: bytes, files, linkname, children }: TreeNode, depth = 0): string[] {
  const line = `${'  '.repeat(depth)}${name} ${type} ${bytes}/${files}${linkname === undefined ? '' : ` -> ${linkname}`}`;
  return [line, ...(children ?? []).flatMap((child) => drawn(child, depth + 1))];
}

describe('the tree', () => {
  test('counts each content once, whatever its number of hard links', async () => {
    expect(drawn(await tree())).toEqual([
      '/ directory 130/6',
      '  a directory 120/3',
      '    again file 100/1',
      '    one file 100/1',
      '    two file 20/1',
      '  b directory 103/2',
      '    again file 100/1',
      '    c directory 3/1',
      '      d directory 3/1',
      '        deep file 3/1',
      '    sym symlink 0/0 -> again',
      '  top file 7/1',
    ]);
  });

  test('marks further names of a file in the same directory', async () => {
    const { children = [] } = await tree();
    const marked = children.flatMap((directory) =>
      (directory.children ?? []).map(({ name, sameFileAs }) => [directory.name, name, sameFileAs]),
    );
    expect(marked.filter(([, , first]) => first !== undefined)).toEqual([['a', 'one', 'again']]);
  });

  test('counts everything below the requested depth', async () => {
    expect(drawn(await tree({ depth: 1 }))).toEqual([
      '/ directory 130/6',
      '  a directory 120/3',
      '  b directory 103/2',
      '  top file 7/1',
    ]);
    expect(drawn(await tree({ depth: 0 }))).toEqual(['/ directory 130/6']);
  });

  test('starts at the requested path', async () => {
    expect(drawn(await tree({ path: '/b/c/' }))).toEqual([
      'c directory 3/1',
      '  d directory 3/1',
      '    deep file 3/1',
    ]);
    expect((await document({ path: 'b/c/d' })).path).toBe('/b/c/d');
    expect(drawn(await tree({ path: 'top' }))).toEqual(['top file 7/1']);
    expect(await codeOfAsync(() => tree({ path: '/gone' }))).toBe('ERR_LAYERS_PATH_NOT_FOUND');
  });

  test('of one layer has its whiteouts, and paths that later layers delete', async () => {
    expect(drawn(await tree({ layer: 1 }))).toEqual([
      '/ directory 7/1',
      '  top file 7/1',
      '  gone whiteout 0/0',
    ]);
    const below = await tree({ layer: 0 });
    expect([below.sizeBytes, below.files]).toEqual([1123, 6]);
    expect(await codeOfAsync(() => tree({ layer: 9 }))).toBe('ERR_LAYERS_LAYER_NOT_FOUND');
  });
});
