import { join } from 'node:path';
import { readOne } from '@layers/testing/analysed';
import { buildDockerArchive, sha256 } from '@layers/testing/archive-builder';
import { file, inWords, pairOf, readBoth } from '@layers/testing/diffed';
import { pipe } from '@layers/testing/documents';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { compareImages } from '../../src/diff/diff.ts';
import { readContent } from '../../src/image/contents/content.ts';
import { selectImage } from '../../src/image/describe/select-image.ts';
import { openArchive } from '../../src/image/open-archive.ts';
import { changesetOf, type ReadImage } from '../../src/image/read-image.ts';
import { readPair } from '../../src/image/read-pair.ts';
import { cacheIn, untilSettled } from './cache/support.ts';

const scratch = useScratch();
const below = [file('below', 'b'.repeat(3000))];
const above = [file('above', 'a')];

const archiveOf = (layers: readonly Uint8Array[], form: 'legacy' | 'oci' = 'legacy'): Buffer =>
  buildDockerArchive({ images: [{ tags: [], layers }] }, { form });

const MIB = 1024 * 1024;

/** Returns a content of the first layer. */
async function text(image: ReadImage, entry: number): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of readContent(image, 0, entry)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

describe('readPair', () => {
  test('reads a layer of both images once', async () => {
    const [a, b] = await pairOf(scratch, [below], [below, above]);
    expect(changesetOf(b.layers[0] ?? fail())).toBe(changesetOf(a.layers[0] ?? fail()));
    expect(changesetOf(b.layers[1] ?? fail()).count).toBe(1);
  });

  test('reads a shared layer from the image in which it is not compressed', async () => {
    const [a, b] = await pairOf(scratch, [below], [below], {
      a: { form: 'oci', compression: 'gzip' },
      b: { form: 'legacy' },
    });
    expect(changesetOf(a.layers[0] ?? fail())).toBe(changesetOf(b.layers[0] ?? fail()));
    // It was not decompressed, so it has no computed digest.
    expect(a.layers[0]).toMatchObject({ verified: null, index: { compression: 'gzip', digests: [] } });
  });

  test('prepares a layer for reads in the middle that it did not read', async () => {
    const layer = [file('large', 'l'.repeat(9 * MIB)), file('small', 'content')];
    const raw = { path: scratch.file(archiveOf([buildTar(layer)])) };
    const tars = { images: [{ tags: [], layers: [buildTar(layer)] }] };
    const path = scratch.file(buildDockerArchive(tars, { form: 'oci', compression: 'gzip' }));
    const [, b] = await readBoth(raw, { path });
    expect(b.layers[0]?.index).toMatchObject({ compression: 'gzip', digests: [] });
    for (let read = 0; read < 3; read++) expect(await text(b, 1)).toBe('content');
    expect((await b.layers[0]?.access?.near(9 * MIB))?.size).toBe(b.layers[0]?.index?.tarBytes);

    await untilSettled();
    const cache = cacheIn(join(scratch.folder, 'cache'));
    await readOne({ path }, { cache, accessPoints: true });
    const [, again] = await readBoth(raw, { path }, { cache });
    expect((await again.layers[0]?.access?.near(0))?.size).toBe(again.layers[0]?.index?.tarBytes);
    expect(await text(again, 1)).toBe('content');
  });

  test('trusts a declared DiffID, unless digests are verified', async () => {
    const honest = archiveOf([buildTar(below)]);
    const forged = Buffer.from(honest);
    const at = forged.indexOf('bbb');
    forged.write('X', at);
    const inputs = [{ path: scratch.file(honest) }, { path: scratch.file(forged) }] as const;
    const [a, believed] = await readBoth(...inputs);
    expect(changesetOf(believed.layers[0] ?? fail())).toBe(changesetOf(a.layers[0] ?? fail()));
    const [, verified] = await readBoth(...inputs, { verify: true });
    expect(verified.layers[0]?.verified).toBe(false);
    expect(verified.findings).toMatchObject([{ code: 'diff-id-mismatch', place: { layer: 0 } }]);
  });

  test('does not trust a DiffID that the length of the layer contradicts', async () => {
    const honest = archiveOf([buildTar(below)]);
    const [a] = await readBoth({ path: scratch.file(honest) }, { path: scratch.file(honest) });
    const diffId = a.layers[0]?.description.diffId ?? fail();
    const forged = buildDockerArchive(
      {
        images: [
          {
            tags: [],
            layers: [buildTar([...below, ...above])],
            config: { rootfs: { type: 'layers', diff_ids: [diffId] } },
          },
        ],
      },
      { form: 'legacy' },
    );
    const [, b] = await readBoth({ path: scratch.file(honest) }, { path: scratch.file(forged) });
    expect(changesetOf(b.layers[0] ?? fail()).count).toBe(2);
  });

  test.each([null, 'gzip'] as const)(
    'does not trust a DiffID that one image declares for two layers: %s',
    async (compression) => {
      const [one, two] = [buildTar([file('one', '1')]), buildTar([file('two', '2')])];
      const diffId = `sha256:${sha256(one)}`;
      const build = (layers: readonly Uint8Array[]): string =>
        scratch.file(
          buildDockerArchive(
            {
              images: [
                {
                  tags: [],
                  layers,
                  config: { rootfs: { type: 'layers', diff_ids: layers.map(() => diffId) } },
                },
              ],
            },
            { form: 'oci', compression },
          ),
        );
      const [twice, once] = [build([one, two]), build([one])];
      for (const [pathA, pathB] of [
        [twice, twice],
        [once, twice],
        [twice, once],
      ] as const) {
        for (const verify of [false, true]) {
          const [a, b] = await readBoth({ path: pathA }, { path: pathB }, { verify });
          const { files, layers } = await compareImages(a, b, { only: ['files', 'layers'] });
          const expected = pathA === pathB ? [] : [pathA === once ? '+ /two' : '- /two'];
          expect(inWords([...(files ?? [])])).toEqual(expected);
          expect(layers?.sameTree).toEqual([]);
          expect([layers?.onlyInA.length, layers?.onlyInB.length]).toEqual([
            pathA === twice && pathB === once ? 1 : 0,
            pathA === once ? 1 : 0,
          ]);
        }
      }
    },
  );

  test('reads a layer again that is damaged in the other image', async () => {
    const whole = buildTar(below);
    const damaged = buildDockerArchive(
      {
        images: [
          {
            tags: [],
            layers: [whole.subarray(0, 1024)],
            config: {
              rootfs: { type: 'layers', diff_ids: [await diffIdOf(whole)] },
            },
          },
        ],
      },
      { form: 'legacy' },
    );
    const [a, b] = await readBoth(
      { path: scratch.file(damaged) },
      { path: scratch.file(archiveOf([whole])) },
    );
    expect(a.layers[0]?.index?.problem?.code).toBe('ERR_LAYERS_TAR_TRUNCATED');
    expect(b.layers[0]?.index?.problem).toBeNull();
    expect(changesetOf(b.layers[0] ?? fail()).count).toBe(1);
  });

  test('accepts a pipe and a file, and one file twice', async () => {
    const bytes = archiveOf([buildTar(below)], 'oci');
    const [a, b] = await readBoth(pipe(bytes), { path: scratch.file(bytes) });
    expect([a, b].map(({ layers }) => changesetOf(layers[0] ?? fail()).count)).toEqual([1, 1]);
    const archive = await openArchive({ path: scratch.file(bytes) });
    const same = { archive, image: selectImage(archive, {}) };
    const [c, d] = await readPair(same, same, { threads: 0 });
    expect(changesetOf(c.layers[0] ?? fail())).toBe(changesetOf(d.layers[0] ?? fail()));
  });
});

async function diffIdOf(tar: Uint8Array): Promise<string> {
  const input = { path: scratch.file(archiveOf([tar])) };
  const [image] = await readBoth(input, input);
  return image.layers[0]?.description.diffId ?? fail();
}

function fail(): never {
  throw new Error('it is not there');
}
