import { hexOf } from '@layers/core/digest';
import { hostPlatform } from '@layers/core/oci';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { findImage, listImages, removeImages, tagImage } from '../../src/index.ts';
import {
  existingLayer,
  image,
  imageWith,
  load,
  newStore,
  putBlob,
  readIndex,
  tarOf,
  writeIndex,
} from '../support/stores.ts';

const { folder } = useScratch();

test('names are resolved as docker does: default tag, domain and library', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [
    image(['a'], ['alpine:latest', 'ghcr.io/me/app:1', 'localhost:5000/x:latest']),
    image(['b'], ['alpine:3.20']),
  ]);
  for (const ref of [
    'alpine',
    'alpine:latest',
    'docker.io/alpine',
    'docker.io/library/alpine:latest',
    'index.docker.io/library/alpine',
    'ghcr.io/me/app:1',
    'localhost:5000/x',
  ])
    expect(findImage(store, ref).id).toBe(loaded?.id);
  for (const ref of ['alpine:3', 'library', 'ghcr.io/me/app', 'localhost:5000', 'me/alpine'])
    expect(await codeOfAsync(() => findImage(store, ref))).toBe('ERR_LAYERS_IMAGE_NOT_FOUND');
  for (const ref of ['Alpine', 'a b', '', '-x', 'a:b:c'])
    expect(await codeOfAsync(() => findImage(store, ref))).toBe('ERR_LAYERS_REFERENCE');
});

test('ids and digests of manifests are found in full and by their start', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a'], ['a:1'])]);
  if (loaded === undefined) throw new Error('no image was loaded');
  for (const digest of [loaded.id, loaded.manifestDigest]) {
    for (const ref of [
      digest,
      hexOf(digest),
      digest.slice(0, 20),
      hexOf(digest).slice(0, 12),
      hexOf(digest).slice(0, 1),
    ]) {
      expect(findImage(store, ref).manifestDigest).toBe(loaded.manifestDigest);
    }
  }
  expect(findImage(store, `a@${loaded.manifestDigest}`).id).toBe(loaded.id);
  expect(findImage(store, `docker.io/library/a:9@${loaded.manifestDigest}`).id).toBe(loaded.id);
  expect(await codeOfAsync(() => findImage(store, `b@${loaded.manifestDigest}`))).toBe(
    'ERR_LAYERS_IMAGE_NOT_FOUND',
  );
  expect(await codeOfAsync(() => findImage(store, '0'.repeat(64)))).toBe('ERR_LAYERS_IMAGE_NOT_FOUND');
});

test('a name takes precedence over the start of an id', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a'], [])]);
  const start = hexOf(loaded?.id ?? 'x:').slice(0, 2);
  const [named] = await load(store, [image(['b'], [`${start}:latest`])]);
  expect(findImage(store, start).id).toBe(named?.id);
});

test('the start of several ids is ambiguous, and the error lists the images', async () => {
  const store = newStore(folder);
  await load(
    store,
    Array.from({ length: 17 }, (_, i) => image([`layer${i}`], [`app:${i}`])),
  );
  const starts = listImages(store).map(({ id }) => hexOf(id ?? 'x:')[0]);
  const repeated = starts.find((start, i) => starts.indexOf(start) < i) ?? '';
  const { code, hint } = await errorOfAsync(() => findImage(store, repeated));
  expect(code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
  expect(hint?.match(/app:\d+/g)?.length).toBeGreaterThanOrEqual(2);
});

test('two manifests with the same config are the same image', async () => {
  const store = newStore(folder);
  const layer = existingLayer(tarOf('a'));
  await load(store, [
    imageWith([layer], { tags: ['raw:1'] }),
    imageWith([existingLayer(tarOf('a'), 'gzip')], { tags: ['gz:1'] }),
  ]);
  const [one, two] = listImages(store);
  expect(one?.id).toBe(two?.id);
  expect(findImage(store, one?.id ?? '').id).toBe(one?.id);
  expect(findImage(store, two?.manifestDigest ?? '').refs).toEqual(['gz:1']);
});

describe('an image for several platforms, as skopeo copies it', () => {
  const other = hostPlatform().architecture === 'arm64' ? 'amd64' : 'arm64';
  const here = hostPlatform().architecture;

  async function storeWithIndex() {
    const store = newStore(folder);
    const platforms = [here, other].map((architecture) => ({ os: 'linux', architecture }));
    await load(
      store,
      platforms.map((platform) => {
        const { layers } = image([platform.architecture], []);
        const config = Buffer.from(
          JSON.stringify({
            ...platform,
            rootfs: {
              type: 'layers',
              diff_ids: layers.map((layer) => (layer.kind === 'existing' ? layer.diffId : '')),
            },
          }),
        );
        return imageWith(layers, { tags: [], platform, config: () => config });
      }),
    );
    const { manifests, ...rest } = readIndex(store);
    const absent = { mediaType: manifests[0]?.['mediaType'], digest: `sha256:${'0'.repeat(64)}`, size: 7 };
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const index = putBlob(
      store,
      { schemaVersion: 2, mediaType, manifests: [...manifests, absent] },
      mediaType,
    );
    writeIndex(store, {
      ...rest,
      manifests: [{ ...index, annotations: { 'org.opencontainers.image.ref.name': 'multi:1' } }],
    });
    return { store, index: index.digest };
  }

  test('lists one image for each platform, all with one name', async () => {
    const { store, index } = await storeWithIndex();
    expect(
      listImages(store).map(({ refs, platform, indexDigests }) => [
        refs,
        platform?.architecture,
        indexDigests,
      ]),
    ).toEqual([
      [['multi:1'], here, [index]],
      [['multi:1'], other, [index]],
    ]);
    expect(findImage(store, 'multi:1').platform?.architecture).toBe(here);
    expect(findImage(store, 'multi:1', `linux/${other}`).platform?.architecture).toBe(other);
    expect(findImage(store, index, other).platform?.architecture).toBe(other);
    expect(await codeOfAsync(() => findImage(store, 'multi:1', 'linux/s390x'))).toBe(
      'ERR_LAYERS_IMAGE_NOT_FOUND',
    );
    expect(await codeOfAsync(() => findImage(store, 'multi:1', 'x/y/z/'))).toBe('ERR_LAYERS_PLATFORM');
  });

  test('is tagged for all platforms or for one', async () => {
    const { store } = await storeWithIndex();
    await tagImage(store, 'multi:1', 'whole:1');
    await tagImage(store, 'multi:1', 'single:1', { platform: other });
    expect(listImages(store).map(({ refs }) => refs)).toEqual([
      ['multi:1', 'whole:1'],
      ['multi:1', 'single:1', 'whole:1'],
    ]);
  });
});

test('an id, or its start after sha256:, is never a name', async () => {
  const store = newStore(folder);
  const [one, two] = await load(store, [image(['a'], ['one:1']), image(['b'], ['two:1'])]);
  const id = one?.id ?? 'x:y';
  const names = [id, hexOf(id), id.slice(0, 19), `docker.io/library/${id}`, `${hexOf(id)}:1`, 'sha256:v1'];
  for (const name of names) {
    expect(await codeOfAsync(() => tagImage(store, 'two:1', name))).toBe('ERR_LAYERS_REFERENCE');
  }
  for (const name of names) {
    expect(await codeOfAsync(() => load(store, [image(['c'], ['c:1', name])]))).toBe('ERR_LAYERS_REFERENCE');
  }
  for (const name of names.slice(0, 3)) {
    // As another tool may write it.
    const { manifests, ...index } = readIndex(store);
    const impostor = manifests.find(({ digest }) => digest === two?.manifestDigest);
    const annotations = { 'org.opencontainers.image.ref.name': name };
    writeIndex(store, { ...index, manifests: [...manifests, { ...impostor, annotations }] });
    expect(findImage(store, name).id).toBe(id);
  }
  const removals = await removeImages(store, [id]);
  expect(removals).toContainEqual({ kind: 'untagged', ref: 'one:1' });
  expect(findImage(store, 'two:1').id).toBe(two?.id);
});
