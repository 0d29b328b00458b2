import { rmSync } from 'node:fs';
import { layerTar } from '@layers/core/image';
import { writeImages } from '@layers/rewrite/archive';
import { errorOfAsync } from '@layers/testing/errors';
import { collect } from '@layers/testing/new-images';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { blobPath } from '../../src/blobs/blob-file.ts';
import { withBlobErrors } from '../../src/images/blob-errors.ts';
import { openStoredArchive, readStoredImage } from '../../src/images/read-image.ts';
import { findImage, listImages } from '../../src/index.ts';
import { imageAsStored } from '../../src/save/image-as-stored.ts';
import {
  damage,
  existingLayer,
  image,
  imageWith,
  layerOf,
  load,
  newStore,
  tarOf,
} from '../support/stores.ts';

const { folder } = useScratch();

test('an image is read like one of an archive, with all names', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a', 'b'], ['a:1', 'ghcr.io/a:2']), image(['c'], ['c:1'])]);
  const archive = await openStoredArchive(store, [findImage(store, 'a:1')]);
  expect(archive.images.map(({ id, tags, manifestDigest }) => [id, tags, manifestDigest])).toEqual([
    [loaded?.id, ['a:1', 'ghcr.io/a:2'], loaded?.manifestDigest],
  ]);
  const read = await readStoredImage(store, findImage(store, 'a:1'));
  const [first] = read.layers;
  expect(first === undefined ? null : await collect(layerTar(read, first))).toEqual(tarOf('a'));
});

test('an image has the platform of its descriptor, where its config names another or a part of it', async () => {
  const store = newStore(folder);
  const platforms = [
    { os: 'linux', architecture: 'arm', variant: 'v5' },
    { os: 'linux', architecture: 'riscv64' },
    { os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.2227' },
  ];
  const layers = [existingLayer(tarOf('a'))];
  await load(
    store,
    platforms.map((platform, i) => imageWith(layers, { platform, author: `${i}`, tags: [`a:${i}`] })),
  );
  for (const [i, platform] of platforms.entries()) {
    const { images } = await openStoredArchive(store, [findImage(store, `a:${i}`)]);
    expect(images.map((image) => image.platform)).toEqual([platform]);
  }
});

test('several images keep their order', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1']), image(['b'], ['b:1'])]);
  const archive = await openStoredArchive(store, [findImage(store, 'b:1'), findImage(store, 'a:1')]);
  expect(archive.images.map(({ tags }) => tags)).toEqual([['b:1'], ['a:1']]);
});

test('a complete image can be read although others are damaged', async () => {
  const store = newStore(folder);
  const [bad] = await load(store, [image(['a'], ['bad:1']), image(['b'], ['good:1'])]);
  rmSync(blobPath(store, bad?.id ?? 'x:y'));
  expect(listImages(store).map(({ problem }) => problem?.code ?? null)).toEqual([
    'ERR_LAYERS_STORE_BLOB',
    null,
  ]);
  expect((await readStoredImage(store, findImage(store, 'good:1'))).layers).toHaveLength(1);
});

test('errors name the damaged or missing blob', async () => {
  const store = newStore(folder);
  const layer = existingLayer(tarOf('layer'), 'gzip');
  const [loaded] = await load(store, [imageWith([layer], { tags: ['app:1'] })]);
  damage(store, layer.digest);
  const expected = {
    code: 'ERR_LAYERS_STORE_BLOB',
    archive: store.path,
    message: expect.stringContaining(blobPath(store, layer.digest)),
    hint: expect.stringContaining('load the image again'),
  };
  expect(await errorOfAsync(() => readStoredImage(store, findImage(store, 'app:1')))).toMatchObject(expected);
  rmSync(blobPath(store, layer.digest));
  expect(await errorOfAsync(() => readStoredImage(store, findImage(store, 'app:1')))).toMatchObject(expected);
  const ids = [loaded?.id, loaded?.manifestDigest];
  for (const digest of ids) {
    if (digest === undefined) continue;
    damage(store, digest);
    const error = await errorOfAsync(() => openStoredArchive(store, [findImage(store, 'app:1')]));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_STORE_BLOB', message: expect.stringContaining(digest) });
    damage(store, digest);
  }
});

test('copying a damaged uncompressed layer is an error with its digest', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const archive = await openStoredArchive(store, [findImage(store, 'a:1')]);
  damage(store, layerOf('a'));
  const error = await errorOfAsync(() =>
    withBlobErrors(store, async () => {
      const [description] = archive.images;
      const stored = description === undefined ? null : imageAsStored(archive, description);
      const target = { kind: 'stream', write: async () => undefined } as const;
      await writeImages(stored === null ? [] : [stored], target, { format: 'oci' });
    }),
  );
  expect(error).toMatchObject({
    code: 'ERR_LAYERS_STORE_BLOB',
    message: expect.stringContaining(layerOf('a')),
  });
});
