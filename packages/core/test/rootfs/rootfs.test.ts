import { layerStack } from '@layers/testing/arbitrary-layers';
import { naiveUnion } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NONE, ROOT } from '../../src/rootfs/node-table.ts';
import { findNode, nodePath, rootfsTotals, walkNodes } from '../../src/rootfs/rootfs.ts';
import { directory, file, marker, symlink } from './layer-helpers.ts';
import { unite } from './union-helpers.ts';

const nodes = (union: ReturnType<typeof unite>, path: string): number =>
  findNode(union, Buffer.from(path, 'latin1'));

describe('the merged root file system', () => {
  test('is walked completely, in order, and totalled', () => {
    fc.assert(
      fc.property(layerStack, (layers) => {
        const union = unite(layers);
        const { tree, rootfsBytes } = naiveUnion(layers);
        const walked = [...walkNodes(union, ROOT)].map((node) =>
          Buffer.from(nodePath(union, node)).toString('latin1'),
        );
        // `/` sorts before every other byte, so that the children of a directory follow it.
        const key = (path: string): string => path.replaceAll('/', '\0');
        const expected = [...tree.keys()].filter((path) => path !== '');
        expect(walked).toEqual(expected.sort((a, b) => (key(a) < key(b) ? -1 : 1)));
        for (const path of walked)
          expect(Buffer.from(nodePath(union, nodes(union, path))).toString('latin1')).toBe(path);
        const counts = { file: 0, directory: -1, symlink: 0, char: 0, block: 0, fifo: 0 };
        for (const { type } of tree.values()) counts[type]++;
        expect(rootfsTotals(union)).toEqual({
          files: counts.file,
          directories: counts.directory,
          symlinks: counts.symlink,
          others: counts.char + counts.block + counts.fifo,
          rootfsBytes,
        });
      }),
      { numRuns: runs(300, 10_000) },
    );
  });

  test('is found by path, without following symlinks', () => {
    const union = unite([
      [directory('d'), file('d/a'), file('gone'), symlink('s', 'd')],
      [marker('.wh.gone')],
    ]);
    expect(nodes(union, '/')).toBe(ROOT);
    for (const path of ['d/a', '/d/a', './d//a', 'd/../d/a/'])
      expect(Buffer.from(nodePath(union, nodes(union, path))).toString()).toBe('/d/a');
    for (const path of ['gone', 's/a', 'd/b', 'd/a/b', '../d', 'x'.repeat(5000)])
      expect(nodes(union, path)).toBe(NONE);
  });

  test('is walked one level deep on demand', () => {
    const union = unite([[file('d/e/f'), file('d/b'), file('z')]]);
    const level = [...walkNodes(union, nodes(union, 'd'), false)].map((node) =>
      Buffer.from(nodePath(union, node)).toString(),
    );
    expect(level).toEqual(['/d/b', '/d/e']);
  });
});
