import { analyse } from '@layers/core/analysis';
import { compareImages } from '@layers/core/diff';
import { changesetOf } from '@layers/core/image';
import { memorySource } from '@layers/core/io';
import { Kind, nodePath, ROOT } from '@layers/core/rootfs';
import { Explorer, type LayerRange } from '@layers/explorer';
import { PathEvents } from '@layers/insight/events';
import { readOne } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { naiveDiff } from '@layers/testing/naive-diff';
import { latin1, naiveUnion } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import type { EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareFiles } from '../../src/explore/compare-files.ts';
import { exploredImage } from '../../src/explore/explored-image.ts';
import { exploredPair } from '../../src/explore/explored-pair.ts';
import { formatOf } from '../../src/explore/format.ts';
import { viewOf } from '../../src/output/view.ts';

type Layers = readonly (readonly EntrySpec[])[];

/** Two stacks of layers with common lowest layers. */
const stacks = fc
  .tuple(layerStack, layerStack, layerStack, fc.integer({ min: 0, max: 5 }))
  .map(([common, a, b, length]) => {
    const below = common.slice(0, length);
    return { a: [...below, ...a.slice(0, 3)], b: [...below, ...b.slice(0, 3)] };
  });

const signal = new AbortController().signal;
const format = formatOf(viewOf({}, {}, {}));

const read = (layers: Layers) => readOne({ source: memorySource(ociArchive(layers)), path: 'image.tar' });

function finish(explorer: Explorer): void {
  while (!explorer.work(() => true));
}

/** Returns the mark of each path that differs: 2 is added, 3 changed, 4 deleted. */
function marksOf({ index, panes }: Explorer): string[] {
  const marks = panes.tree.tree?.marks ?? new Uint8Array(0);
  return [...marks.entries()]
    .filter(([node, mark]) => node > ROOT && mark > 1)
    .map(([node, mark]) => `${mark} ${latin1(nodePath(index.events.union, node))}`)
    .sort();
}

/** Returns the marks that a naive comparison gives. The root has no row, and `layers diff` ignores times and hard links. */
function naiveMarks(a: Layers, b: Layers): string[] {
  return [...naiveDiff(a, b)]
    .flatMap(([path, what]) => {
      if (path === '') return [];
      if (what === 'added' || what === 'removed') return [`${what === 'added' ? 2 : 4} ${path}`];
      const fields = what.split(' ').filter((field) => field !== 'mtime' && field !== 'hardlinks');
      return fields.length === 0 ? [] : [`3 ${path}`];
    })
    .sort();
}

/** Returns what each path shows that is no directory: its layer in its image, and its entry. */
function shownFiles({ index, panes, image }: Explorer): string[] {
  const { range } = panes.layers;
  const marks = panes.tree.tree?.marks ?? new Uint8Array(0);
  return [...marks.entries()].flatMap(([node, mark]) => {
    const state = node === ROOT || mark === 0 ? null : index.stateIn(node, range);
    if (state === null || state.kind === Kind.directory) return [];
    const bottom = image.layers[state.layer]?.bottom ?? 0;
    const path = latin1(nodePath(index.events.union, node));
    return [`${mark === 4 ? 'A' : 'B'} ${path} ${state.layer - bottom}:${state.entry}`];
  });
}

function naiveFiles(a: Layers, b: Layers): string[] {
  const [treeA, treeB] = [naiveUnion(a).tree, naiveUnion(b).tree];
  const lines = (side: string, path: string, tree: typeof treeA): string[] => {
    const { type, from = null } = tree.get(path) ?? {};
    return type === 'directory' || from === null ? [] : [`${side} ${path} ${from.layer}:${from.entry}`];
  };
  return [
    ...[...treeB.keys()].flatMap((path) => lines('B', path, treeB)),
    ...[...treeA.keys()].filter((path) => !treeB.has(path)).flatMap((path) => lines('A', path, treeA)),
  ];
}

test('two images differ as a naive comparison and layers diff say', async () => {
  await fc.assert(
    fc.asyncProperty(stacks, async ({ a, b }) => {
      const [imageA, imageB] = [await read(a), await read(b)];
      const { image } = await exploredPair(imageA, imageB, { signal });
      const explorer = new Explorer(image, format);
      finish(explorer);
      const expected = naiveMarks(a, b);
      expect(marksOf(explorer)).toEqual(expected);
      const counted = (mark: number): number => expected.filter((line) => line.startsWith(`${mark}`)).length;
      const { added, changed, deleted, growthBytes } = image.pair ?? {};
      expect([added, changed, deleted]).toEqual([counted(2), counted(3), counted(4)]);
      const { totals, layers } = await compareImages(imageA, imageB, {});
      expect(growthBytes).toBe(totals?.deltaBytes);
      const shared = layers?.shared.flatMap(({ layerA, layerB }) => [`A${layerA}`, `B${layerB}`]);
      expect(image.layers.filter(({ isShared }) => isShared).map(({ label }) => label)).toEqual(
        shared?.sort(),
      );
      // Also where all files are shown, and for what a single layer did.
      explorer.update('c');
      finish(explorer);
      const { bytes, bytesBefore } = explorer.panes.tree.tree?.totals ?? {};
      expect((bytes?.[ROOT] ?? 0) - (bytesBefore?.[ROOT] ?? 0)).toBe(totals?.deltaBytes);
      expect(shownFiles(explorer).sort()).toEqual(naiveFiles(a, b).sort());
    }),
    { numRuns: runs(60, 5_000) },
  );
});

test('two states of an image differ as a naive comparison says', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, fc.nat(5), fc.nat(5), async (stack, x, y) => {
      const [low = 0, high = 0] = [x % stack.length, y % stack.length].sort((p, q) => p - q);
      const image = await read(stack);
      const events = new PathEvents(image.layers.map(changesetOf));
      const part = { analysis: analyse(image, events.union), events, description: image.description };
      const explored = exploredImage(part, 0);
      const range: LayerRange = { from: low + 1, to: high, marks: true };
      const differences = await compareFiles(explored.image.events, range, explored, { signal });
      const explorer = new Explorer(explored.image, format);
      explorer.showComparison({ ...range, differences });
      finish(explorer);
      expect(marksOf(explorer)).toEqual(naiveMarks(stack.slice(0, low + 1), stack.slice(0, high + 1)));
    }),
    { numRuns: runs(60, 5_000) },
  );
});
