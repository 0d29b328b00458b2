import type { ReadImage } from '@layers/core/image';
import { nodePath, ROOT, walkNodes } from '@layers/core/rootfs';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { collect } from '@layers/testing/new-images';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RechunkOptions, rechunkedImage } from '../../src/change/rechunk.ts';
import { imageOf, type Tree, treeOf, unionOf } from '../support/tree.ts';

const scratch = useScratch();
const compressions = fc.constantFrom(null, 'gzip' as const, 'whole' as const);

async function rechunkedTars(image: ReadImage, previous: readonly ReadImage[], options: RechunkOptions) {
  const { image: result, report } = await rechunkedImage(image, previous, options);
  const tars: Buffer[] = [];
  for (const layer of result.layers) {
    const tar = await collect(layer.kind === 'generated' ? layer.tar() : layer.chunks());
    if (layer.kind === 'generated' && layer.tarBytes !== null) expect(layer.tarBytes).toBe(tar.length);
    tars.push(tar);
  }
  return { tars, report };
}

/** Limits times to `until`, in whole seconds. */
function withTimes(tree: Tree, until: number | null): Tree {
  if (until === null) return tree;
  const entries = Object.entries(tree).map(([path, entry]) => [
    path,
    { ...entry, mtime: Math.min(Number(entry['mtime']), until), ns: 0 },
  ]);
  return Object.fromEntries(entries);
}

describe('layers that random stacks are distributed to', () => {
  it('have the same tree, at most so many layers, and always the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        layerStack,
        fc.array(layerStack, { maxLength: 2 }),
        fc.constantFrom(1, 2, 3, 8, 64),
        fc.constantFrom(null, 0, 1_700_000_000),
        compressions,
        async (layers, earlier, maxLayers, until, compression) => {
          const image = await imageOf(layers, scratch, compression);
          const previous: ReadImage[] = [];
          for (const each of earlier) previous.push(await imageOf(each, scratch));
          const options = { maxLayers, reproducible: until === null ? undefined : { latest: until } };
          const { tars, report } = await rechunkedTars(image, previous, options);
          if (report.layers !== 'original') expect(tars.length).toBeLessThanOrEqual(maxLayers);
          const result = await imageOf(tars, scratch);
          expect(await treeOf(result)).toEqual(withTimes(await treeOf(image), until));
          expect((await rechunkedTars(image, previous, options)).tars).toEqual(tars);
          if (report.layers === 'original') return;
          expect(unionOf(result).layers.flatMap(({ findings }) => findings)).toEqual([]);
        },
      ),
      { numRuns: runs(30, 20_000) },
    );
  }, 1_200_000);

  it('have the same tree above layers that are kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        layerStack.filter((layers) => layers.length > 1),
        fc.nat(3),
        async (layers, position) => {
          const image = await imageOf(layers, scratch);
          const from = Math.min(position, layers.length - 1);
          const { tars } = await rechunkedTars(image, [], { from, maxLayers: from + 4 });
          const result = await imageOf(tars, scratch);
          expect(result.layers.length).toBeLessThanOrEqual(from + 4);
          expect(await treeOf(result)).toEqual(await treeOf(image));
        },
      ),
      { numRuns: runs(40, 20_000) },
    );
  }, 1_200_000);
});

/** The sizes of the layers of B that A lacks. */
function fetched(a: ReadImage, b: ReadImage): number {
  const known = new Set(a.layers.map(({ description }) => description.diffId));
  const sizes = b.layers.map(({ description, index }) =>
    known.has(description.diffId) ? 0 : (index?.tarBytes ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The paths of B that are not directories, and that A lacks or has in another state. */
function changedPaths(a: Tree, b: Tree): ReadonlySet<string> {
  const text = (entry: Tree[string] | undefined): string => JSON.stringify({ ...entry, first: '' });
  return new Set(
    Object.entries(b).flatMap(([path, entry]) =>
      entry['kind'] !== 'd' && text(a[path]) !== text(entry) ? [path] : [],
    ),
  );
}

/** The paths that are from one layer in some version, and from another in another. */
function movedPaths(versions: readonly ReadImage[]): ReadonlySet<string> {
  const layerOf = new Map<string, number>();
  const moved = new Set<string>();
  for (const version of versions) {
    const union = unionOf(version);
    for (const node of walkNodes(union, ROOT)) {
      const path = Buffer.from(nodePath(union, node)).toString('latin1');
      const layer = union.nodes.layerOf(node);
      if ((layerOf.get(path) ?? layer) !== layer) moved.add(path);
      layerOf.set(path, layer);
    }
  }
  return moved;
}

describe('updates of random histories', () => {
  it('would never have transferred more in the new layers than in those of the image', async () => {
    const layer = layerStack.map(([first = []]) => first);
    const changes = fc.array(fc.tuple(fc.nat(4), layer), { minLength: 1, maxLength: 4 });
    let rechunked = 0;
    await fc.assert(
      fc.asyncProperty(layerStack, changes, fc.constantFrom(2, 4, 64), async (first, updates, maxLayers) => {
        // Each update exchanges a layer, as a new base or a new build of the application does.
        const stacks = [first];
        for (const [position, other] of updates) {
          const before = stacks.at(-1) ?? [];
          stacks.push(before.map((each, i) => (i === position % before.length ? other : each)));
        }
        const versions: ReadImage[] = [];
        for (const stack of stacks) versions.push(await imageOf(stack, scratch));
        const image = versions.at(-1);
        if (image === undefined) return;
        const { tars, report } = await rechunkedTars(image, versions.slice(0, -1), { maxLayers });
        const originals = versions.slice(1).map((version, i) => fetched(versions[i] ?? version, version));
        const sum = originals.reduce((total, bytes) => total + bytes, 0);
        expect(report.beforeBytes).toBe(Math.round(sum / updates.length));
        if (report.layers === 'original') return;
        rechunked++;
        // Whatever layer has a path that an update changed is transferred with that update, unless the path was in a layer of
        // the image that new layers are not mixed with.
        const moved = movedPaths(versions);
        const trees = await Promise.all(versions.map((version) => treeOf(version)));
        const paths = await Promise.all(
          tars.map(async (tar) => Object.keys(await treeOf(await imageOf([tar], scratch)))),
        );
        let transferred = 0;
        for (const [i, tree] of trees.slice(1).entries()) {
          const changed = changedPaths(trees[i] ?? {}, tree);
          for (const [at, tar] of tars.entries()) {
            const isChanged = paths[at]?.some((path) => changed.has(path) && !moved.has(path)) === true;
            if (isChanged) transferred += tar.length;
          }
        }
        expect(transferred).toBeLessThanOrEqual(sum);
      }),
      { numRuns: runs(60, 20_000) },
    );
    expect(rechunked).toBeGreaterThan(0);
  }, 1_200_000);
});
