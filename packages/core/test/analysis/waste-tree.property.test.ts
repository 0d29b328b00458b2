import { analysed } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TreeNode } from '../../src/analysis/documents.ts';
import { treeDocument } from '../../src/analysis/tree.ts';
import { wasteDocument } from '../../src/analysis/waste.ts';

const scratch = useScratch();

/** The bytes of all files below a node, by path. */
function filesIn(node: TreeNode, parent = ''): [path: string, bytes: number][] {
  const path = node.name === '/' ? '' : `${parent}/${node.name}`;
  if (node.type === 'file') return [[path, node.sizeBytes]];
  return (node.children ?? []).flatMap((child) => filesIn(child, path));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

function checkSums(node: TreeNode): void {
  if (node.children === undefined) return;
  expect(sum(node.children.map(({ sizeBytes }) => sizeBytes))).toBe(node.sizeBytes);
  expect(sum(node.children.map(({ files }) => files))).toBe(node.files);
  for (const child of node.children) checkSums(child);
}

test('the tree of waste has all wasted contents, at their paths', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, async (stack) => {
      const analysis = await analysed({ path: scratch.file(ociArchive(stack)) });
      const { waste, totals, wasteByLayer } = wasteDocument(analysis);
      const { tree } = treeDocument(analysis, { waste: true });
      expect([tree.sizeBytes, tree.files]).toEqual([totals.wastedBytes, waste.length]);
      checkSums(tree);
      const expected = new Map<string, number>();
      for (const { path, sizeBytes } of waste) expected.set(path, (expected.get(path) ?? 0) + sizeBytes);
      expect(new Map(filesIn(tree))).toEqual(expected);
      for (const { layer, wastedBytes } of wasteByLayer)
        expect(treeDocument(analysis, { waste: true, layer }).tree.sizeBytes).toBe(wastedBytes);
      for (const { path } of waste.slice(0, 3)) {
        const own = waste.filter((other) => other.path === path || other.path.startsWith(`${path}/`));
        const { tree: part } = treeDocument(analysis, { waste: true, path });
        expect(part.sizeBytes).toBe(sum(own.map(({ sizeBytes }) => sizeBytes)));
      }
    }),
    { numRuns: runs(40, 2000) },
  );
});
