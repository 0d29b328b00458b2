import type { ReadImage } from '@layers/core/image';
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
