import type { ReadImage } from '@layers/core/image';
import { collect } from '@layers/testing/new-images';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rechunkedImage } from '../../src/change/rechunk.ts';
import { imageOf, treeOf } from '../support/tree.ts';
import { writtenImage } from '../support/written-image.ts';

const scratch = useScratch();

/** A layer with files of its own; `isLarge` decides whether it has more than one new layer. */
interface LayerFiles {
  readonly isLarge: boolean;
  readonly files: readonly { directory: number; name: string; size: number; value: number }[];
  readonly time: number;
}

const filesOf = (isLarge: fc.Arbitrary<boolean>): fc.Arbitrary<LayerFiles> =>
  fc.record({
    isLarge,
    files: fc.uniqueArray(
      fc.record({
        directory: fc.nat(2),
        name: fc.constantFrom('a', 'b', 'c'),
        size: fc.constantFrom(1, 600, 70_000),
        value: fc.constantFrom(0x41, 0x42),
      }),
      { minLength: 1, maxLength: 6, selector: ({ directory, name }) => `${directory} ${name}` },
    ),
    time: fc.constantFrom(1, 2, 3),
  });

/** The directories above a file, and those of all files of a layer. */
const DIRECTORIES = 2 + 3;

function entriesOf({ isLarge, files, time }: LayerFiles, layer: number): EntrySpec[] {
  const top = `usr/layer${layer}`;
  const directories = [...new Set(files.map(({ directory }) => `${top}/${directory}`))];
  const content = files.map(({ directory, name, size, value }) => ({
    path: `${top}/${directory}/${name}`,
    data: Buffer.alloc(size, value),
  }));
  const large = { path: `${top}/large`, data: Buffer.alloc(2 ** 20, 0x43) };
  return [
    // A step of a build writes the directories above its files, with the time of the build.
    ...['usr', top, ...directories].map((path) => ({ path, type: 'directory' as const, mtime: time })),
    ...(isLarge ? [large] : []),
    ...content.sort((a, b) => (a.path < b.path ? -1 : 1)),
  ];
}

async function rechunked(image: ReadImage, previous: readonly ReadImage[], maxLayers: number) {
  const { image: result, report } = await rechunkedImage(image, previous, { maxLayers });
  const tars: Buffer[] = [];
  for (const layer of result.layers)
    tars.push(await collect(layer.kind === 'generated' ? layer.tar() : layer.chunks()));
  return { tars, report, result };
}

/** Returns the layers of an image that files in a tar are from. */
async function layersIn(tar: Buffer): Promise<number[]> {
  const tree = await treeOf(await imageOf([tar], scratch));
  const found = Object.entries(tree).flatMap(([path, { kind }]) => {
    const [, layer] = /^\/usr\/layer(\d)\//.exec(path) ?? [];
    return kind === 'd' || layer === undefined ? [] : [Number(layer)];
  });
  return [...new Set(found)];
}

/** A stack, and the layers that each of some updates exchanges: others of about the same size. */
const histories = fc.array(fc.boolean(), { minLength: 2, maxLength: 5 }).chain((large) => {
  const stack = fc.tuple(...large.map((isLarge) => filesOf(fc.constant(isLarge))));
  const update = fc.tuple(
    ...large.map((isLarge) => fc.option(filesOf(fc.constant(isLarge)), { nil: null, freq: 2 })),
  );
  return fc.tuple(stack, fc.array(update, { minLength: 1, maxLength: 4 }));
});

/** Expects that new layers are only of layers that the update exchanged, and hardly larger. */
async function expectOnlyExchanged(
  { before, after }: Readonly<Record<'before' | 'after', readonly Buffer[]>>,
  { layers }: ReadImage,
  isExchanged: (layer: number) => boolean,
): Promise<number> {
  const fetched = after.filter((tar) => !before.some((known) => known.equals(tar)));
  for (const tar of fetched) for (const layer of await layersIn(tar)) expect(isExchanged(layer)).toBe(true);
  const original = layers.map(({ index }, layer) => (isExchanged(layer) ? (index?.tarBytes ?? 0) : 0));
  const bytes = fetched.reduce((sum, { length }) => sum + length, 0);
  expect(bytes).toBeLessThanOrEqual(
    original.reduce((sum, size) => sum + size, 0) + fetched.length * (DIRECTORIES * 512 + 1024),
  );
  return after.length - fetched.length;
}

describe('each update of a random history', () => {
  it('transfers only what is made of the layers that it exchanges', async () => {
    let shared = 0;
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.constantFrom(10, 16, 64),
        fc.boolean(),
        async ([first, updates], maxLayers, isKnown) => {
          let stack: readonly LayerFiles[] = first;
          let before = await rechunked(await imageOf(stack.map(entriesOf), scratch), [], maxLayers);
          const known: ReadImage[] = [];
          for (const exchanged of updates) {
            stack = stack.map((files, layer) => exchanged[layer] ?? files);
            if (isKnown) known.push(await writtenImage(before.result, scratch));
            const image = await imageOf(stack.map(entriesOf), scratch);
            const after = await rechunked(image, known, maxLayers);
            // Layers that an engine reuses only on top of the same ones stay in the order of the image.
            const order = (await Promise.all(after.tars.map(layersIn))).flat();
            expect(order).toEqual([...order].sort((x, y) => x - y));
            expect(after.tars.length).toBeLessThanOrEqual(maxLayers);
            const tars = { before: before.tars, after: after.tars };
            shared += await expectOnlyExchanged(tars, image, (layer) => exchanged[layer] != null);
            before = after;
          }
        },
      ),
      { numRuns: runs(20, 5000) },
    );
    expect(shared).toBeGreaterThan(0);
  }, 1_200_000);
});
