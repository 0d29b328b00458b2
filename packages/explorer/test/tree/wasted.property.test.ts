import { type TreeDocument, treeDocument } from '@layers/core/analysis';
import { nodePath } from '@layers/core/rootfs';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_FILTER } from '../../src/tree/filter.ts';
import type { LayerRange } from '../../src/tree/layer-range.ts';
import type { PathIndex } from '../../src/tree/path-index.ts';
import { makeTree } from '../../src/tree/tree.ts';
import { analysedOf } from '../support/explored.ts';

type Tree = TreeDocument['tree'];

/** Returns the bytes of each path; a path that was a file and a directory has those of both. */
function sumsOf(tree: Tree): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (node: Tree, above: string): void => {
    const path = `${above}/${node.name}`;
    sums.set(path, (sums.get(path) ?? 0) + node.sizeBytes);
    for (const child of node.children ?? []) add(child, path);
  };
  for (const child of tree.children ?? []) add(child, '');
  return sums;
}

/** Returns the bytes of each row of a tree with all directories expanded. */
function rowsOf(index: PathIndex, range: LayerRange): Map<string, number> {
  const request = { range, filter: NO_FILTER, sort: 'size', measure: 'wasted' } as const;
  const steps = makeTree(index, request, new Uint8Array(index.count).fill(1), null);
  for (;;) {
    const step = steps.next();
    if (step.done !== true) continue;
    const { rows, totals } = step.value;
    const sums = new Map<string, number>();
    for (const node of rows) {
      const path = Buffer.from(nodePath(index.events.union, node)).toString('utf8');
      sums.set(path, (sums.get(path) ?? 0) + (totals.bytes[node] ?? 0));
    }
    return sums;
  }
}

test('wasted bytes of directories are those of layers tree --waste, of the image and of each layer', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, async (stack) => {
      const { explorer, analysis } = await analysedOf(stack);
      const to = stack.length - 1;
      const of = (layer: number | undefined): Map<string, number> =>
        sumsOf(treeDocument(analysis, { waste: true, layer }).tree);
      expect(rowsOf(explorer.index, { from: 0, to, marks: false })).toEqual(of(undefined));
      for (let layer = 0; layer <= to; layer++)
        expect(rowsOf(explorer.index, { from: layer, to: layer, marks: true })).toEqual(of(layer));
    }),
    { numRuns: runs(25, 5_000) },
  );
});
