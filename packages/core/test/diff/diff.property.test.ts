import { gzipSync } from 'node:zlib';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { buildDockerArchive, type Compression, canZstd } from '@layers/testing/archive-builder';
import { pipe } from '@layers/testing/documents';
import { mirrored, naiveDiff, plainly } from '@layers/testing/naive-diff';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareImages, type DiffOptions } from '../../src/diff/diff.ts';
import type { FileChange } from '../../src/diff/document.ts';
import { selectImage } from '../../src/image/describe/select-image.ts';
import { type ArchiveInput, openArchive } from '../../src/image/open-archive.ts';
import { readPair } from '../../src/image/read-pair.ts';

const scratch = useScratch();

/** Two stacks of layers with common lowest layers. */
const stacks = fc
  .tuple(layerStack, layerStack, layerStack, fc.integer({ min: 0, max: 5 }))
  .map(([common, a, b, length]) => {
    const below = common.slice(0, length);
    return { a: [...below, ...a.slice(0, 3)], b: [...below, ...b.slice(0, 3)] };
  });

const compressions: readonly (Compression | null)[] = canZstd ? [null, 'gzip', 'zstd'] : [null, 'gzip'];
const shape = fc.record({
  form: fc.constantFrom('legacy' as const, 'hybrid' as const, 'oci' as const),
  compression: fc.constantFrom(...compressions),
  way: fc.constantFrom('file' as const, 'file' as const, 'gzip' as const, 'pipe' as const),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function archiveOf(layers: readonly (readonly EntrySpec[])[], { form, compression }: Shape): Buffer {
  return buildDockerArchive(
    { images: [{ tags: ['app:1'], layers: layers.map(buildTar) }] },
    { form, compression },
  );
}

function inputOf(bytes: Uint8Array, { way }: Shape): ArchiveInput {
  if (way === 'pipe') return pipe(bytes, [700, 4096, 3]);
  return { path: scratch.file(way === 'gzip' ? gzipSync(bytes, { level: 1 }) : bytes) };
}

async function diffOf(a: ArchiveInput, b: ArchiveInput, options: DiffOptions) {
  const open = async (input: ArchiveInput) => {
    const archive = await openArchive(input, { threads: 0 });
    return { archive, image: selectImage(archive, {}) };
  };
  const [imageA, imageB] = await readPair(await open(a), await open(b), { threads: 0 });
  return compareImages(imageA, imageB, options);
}

const EVERYTHING = { only: ['files'], ignore: [] } as const;

/** A sparse file whose map differs must be read again, which is impossible for a pipe. */
const isSparse = (layers: readonly (readonly EntrySpec[])[]): boolean =>
  layers.flat().some(({ sparse }) => sparse !== undefined);

const sorted = (map: ReadonlyMap<string, string>) => [...map].sort();

describe('the difference of two random images', () => {
  test('equals the result of a naive comparison of all paths, in any form', async () => {
    await fc.assert(
      fc.asyncProperty(stacks, shape, shape, async ({ a, b }, shapeA, shapeB) => {
        const streams = shapeA.way === 'pipe' || shapeB.way === 'pipe';
        fc.pre(!(streams && (isSparse(a) || isSparse(b))));
        const inputA = inputOf(archiveOf(a, shapeA), shapeA);
        const inputB = inputOf(archiveOf(b, shapeB), shapeB);
        const document = await diffOf(inputA, inputB, EVERYTHING);
        expect(sorted(plainly(document, a))).toEqual(sorted(naiveDiff(a, b)));
        expect(document.identical).toBe(naiveDiff(a, b).size === 0);
      }),
      { numRuns: runs(250, 10_000) },
    );
  }, 1_200_000);

  test('is sorted by the bytes of the paths, parents first, each path once', async () => {
    await fc.assert(
      fc.asyncProperty(stacks, shape, async ({ a, b }, { form, compression }) => {
        const file: Shape = { form, compression, way: 'file' };
        const document = await diffOf(
          inputOf(archiveOf(a, file), file),
          inputOf(archiveOf(b, file), file),
          EVERYTHING,
        );
        const parts = [...(document.files ?? [])].map(({ path, pathBase64 }) =>
          Buffer.from(pathBase64 ?? Buffer.from(path).toString('base64'), 'base64')
            .toString('latin1')
            .split('/'),
        );
        const inOrder = [...parts].sort(byParts);
        expect(parts).toEqual(inOrder);
        expect(new Set(parts.map((of) => of.join('/'))).size).toBe(parts.length);
      }),
      { numRuns: runs(100, 3000) },
    );
  }, 600_000);

  test('is the mirror image of the difference from B to A', async () => {
    await fc.assert(
      fc.asyncProperty(stacks, shape, async ({ a, b }, { form, compression }) => {
        const file: Shape = { form, compression, way: 'file' };
        const [pathA, pathB] = [inputOf(archiveOf(a, file), file), inputOf(archiveOf(b, file), file)];
        const [there, back] = [
          await diffOf(pathA, pathB, { ignore: [] }),
          await diffOf(pathB, pathA, { ignore: [] }),
        ];
        const key = ({ path, change }: FileChange) => `${path} ${change}`;
        const byKey = (x: FileChange, y: FileChange) => (key(x) < key(y) ? -1 : 1);
        const bare = ({ layerA: _, layerB: __, linkedTo: ___, ...rest }: FileChange): FileChange => rest;
        const turned = [...(back.files ?? [])].map(mirrored).sort(byKey);
        expect(turned).toEqual([...(there.files ?? [])].map(bare).sort(byKey));
        expect(back.totals).toEqual({
          ...there.totals,
          added: there.totals?.removed,
          removed: there.totals?.added,
          deltaBytes: 0 - (there.totals?.deltaBytes ?? 0),
        });
        expect(back.layers?.onlyInA).toEqual(there.layers?.onlyInB);
        expect(back.layers?.onlyInB).toEqual(there.layers?.onlyInA);
        expect(back.identical).toBe(there.identical);
      }),
      { numRuns: runs(150, 5000) },
    );
  }, 600_000);

  test('is empty between two forms of one image', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, shape, shape, async (stack, shapeA, shapeB) => {
        const streams = shapeA.way === 'pipe' || shapeB.way === 'pipe';
        const only = streams ? (['files', 'layers', 'config', 'history'] as const) : undefined;
        const document = await diffOf(
          inputOf(archiveOf(stack, shapeA), shapeA),
          inputOf(archiveOf(stack, shapeB), shapeB),
          { ignore: [], only },
        );
        expect([...(document.files ?? [])]).toEqual([]);
        expect(document.identical).toBe(true);
        expect(document.layers?.prefix).toBe(stack.length);
      }),
      { numRuns: runs(100, 3000) },
    );
  }, 600_000);
});

function byParts(x: readonly string[], y: readonly string[]): number {
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [a, b] = [x[i] ?? '', y[i] ?? ''];
    if (a !== b) return a < b ? -1 : 1;
  }
  return x.length - y.length;
}
