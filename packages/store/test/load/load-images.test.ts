import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@layers/core/digest';
import { openArchive } from '@layers/core/image';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { configOf, GZIP, generatedLayer, viewsOf } from '@layers/testing/new-images';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { blobPath } from '../../src/blobs/blob-file.ts';
import { checkStore, findImage, listImages, loadImages, pruneStore } from '../../src/index.ts';
import { withHeldLease } from '../../src/lease/with-lease.ts';
import { acquireLock } from '../../src/lock/acquire-lock.ts';
import {
  damage,
  existingLayer,
  image,
  imageWith,
  layerOf,
  load,
  namesIn,
  newStore,
  readIndex,
  tarOf,
} from '../support/stores.ts';

const { folder } = useScratch();

test('an image is stored with its names as containerd and skopeo write them', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a', 'b'], ['alpine:3.20', 'localhost:5000/me/app:v1'])]);
  expect(loaded).toMatchObject({
    tags: ['alpine:3.20', 'localhost:5000/me/app:v1'],
    wasThere: false,
    isUnchanged: false,
    displaced: [],
    blobs: { written: 4, reused: 0, mended: 0 },
  });
  expect(readIndex(store).manifests.map(({ annotations }) => annotations)).toEqual([
    {
      'io.containerd.image.name': 'docker.io/library/alpine:3.20',
      'org.opencontainers.image.ref.name': 'alpine:3.20',
    },
    {
      'io.containerd.image.name': 'localhost:5000/me/app:v1',
      'org.opencontainers.image.ref.name': 'localhost:5000/me/app:v1',
    },
  ]);
  expect(readIndex(store).manifests[0]).toMatchObject({ platform: { os: 'linux', architecture: 'amd64' } });
  expect(readdirSync(join(store.path, '.layers'))).toEqual(['uploads']);
  expect(readdirSync(join(store.path, '.layers/uploads'))).toEqual([]);
  expect((await checkStore(store)).isClean).toBe(true);
});

test('the store is read like any other layout', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a', 'b'], ['me/app:1', 'me/app:2'])]);
  const { images } = await openArchive({ path: store.path });
  expect(images.map(({ id, tags, layers }) => [id, tags, layers.length])).toEqual([
    [loaded?.id, ['me/app:1', 'me/app:2'], 2],
  ]);
});

test('loading the same image again changes nothing', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const before = statSync(join(store.path, 'index.json'), { bigint: true });
  const [second] = await load(store, [image(['a'], ['a:1'])]);
  const after = statSync(join(store.path, 'index.json'), { bigint: true });
  expect(second).toMatchObject({ isUnchanged: true, wasThere: true, blobs: { written: 0, reused: 3 } });
  expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
});

test('shared blobs are stored once, within one call and across calls', async () => {
  const store = newStore(folder);
  let reads = 0;
  const chunks = () => {
    reads++;
    return viewsOf(tarOf('base'));
  };
  const layer = { ...existingLayer(tarOf('base')), chunks };
  const [one, two] = await load(store, [
    imageWith([layer], { tags: ['a:1'], author: 'one' }),
    imageWith([layer, existingLayer(tarOf('more'))], { tags: ['b:1'], author: 'two' }),
  ]);
  expect([one?.blobs.written, two?.blobs.written, two?.blobs.reused]).toEqual([3, 3, 0]);
  const [three] = await load(store, [imageWith([layer], { tags: ['c:1'], author: 'three' })]);
  expect(three?.blobs).toMatchObject({ written: 2, reused: 1 });
  expect(reads).toBe(1);
});

test('the same image with another compression replaces it', async () => {
  const store = newStore(folder);
  const tar = tarOf('a');
  const raw = imageWith([existingLayer(tar)], { tags: ['app:1', 'app:2'], author: 'one' });
  const gzip = imageWith([existingLayer(tar, 'gzip')], { tags: ['app:1'], author: 'one' });
  const [first] = await load(store, [raw]);
  const [second] = await load(store, [gzip]);
  expect(second).toMatchObject({ id: first?.id, displaced: [], isUnchanged: false });
  expect(second?.manifestDigest).not.toBe(first?.manifestDigest);
  expect(namesIn(store)).toEqual({ 'app:1': first?.id, 'app:2': first?.id });
  expect(readIndex(store).manifests).toHaveLength(2);
  await load(store, [{ ...gzip, tags: ['app:2'] }]);
  expect(new Set(readIndex(store).manifests.map(({ digest }) => digest))).toEqual(
    new Set([second?.manifestDigest]),
  );
});

test('a name moves to the image loaded last; the previous one is reported and stays', async () => {
  const store = newStore(folder);
  const [old] = await load(store, [image(['a'], ['app:1'])]);
  const [latest] = await load(store, [image(['b'], ['app:1'])]);
  expect(latest?.displaced).toEqual([{ ref: 'app:1', id: old?.id, manifestDigest: old?.manifestDigest }]);
  expect(namesIn(store)).toEqual({ 'app:1': latest?.id, [`<none> ${old?.manifestDigest}`]: old?.id });
  const [reloaded] = await load(store, [image(['a'], ['app:1'])]);
  expect(reloaded).toMatchObject({ wasThere: true, isUnchanged: false, blobs: { written: 0 } });
  expect(namesIn(store)).toMatchObject({ 'app:1': old?.id });
  expect(readIndex(store).manifests).toHaveLength(2);
});

test('an image that loses one of two names keeps the other', async () => {
  const store = newStore(folder);
  const [old] = await load(store, [image(['a'], ['app:1', 'app:old'])]);
  const [latest] = await load(store, [image(['b'], ['app:1'])]);
  expect(namesIn(store)).toEqual({ 'app:1': latest?.id, 'app:old': old?.id });
});

test('a tag alone and text that is not a reference stay unchanged', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['latest']), image(['b'], ['No Name\n:x'])]);
  expect(Object.keys(namesIn(store)).sort()).toEqual(['No Name\n:x', 'latest']);
  expect(readIndex(store).manifests[0]).toMatchObject({
    annotations: { 'org.opencontainers.image.ref.name': 'latest' },
  });
});

test('an image without names is stored once, and found by its id', async () => {
  const store = newStore(folder);
  const [one] = await load(store, [image(['a'], [])]);
  const [two] = await load(store, [image(['a'], [])]);
  expect([one?.isUnchanged, two?.isUnchanged]).toEqual([false, true]);
  expect(findImage(store, one?.id ?? '').refs).toEqual([]);
  // A name is then added to the existing entry.
  await load(store, [image(['a'], ['a:1'])]);
  expect(readIndex(store).manifests).toHaveLength(1);
});

test('generated layers are compressed while they are written', async () => {
  const store = newStore(folder);
  const tar = tarOf('generated');
  const newImage = () => imageWith([generatedLayer(tar, GZIP)], { tags: ['generated:1'] });
  const [loaded] = await load(store, [newImage()]);
  const [layer] = findImage(store, 'generated:1').layers;
  expect(layer).toMatchObject({ diffId: digestOf(tar), mediaType: expect.stringMatching(/gzip$/) });
  expect(layer?.digest).not.toBe(digestOf(tar));
  expect(await load(store, [newImage()])).toMatchObject([{ id: loaded?.id, isUnchanged: true }]);
  expect((await checkStore(store)).isClean).toBe(true);
});

test('an existing manifest keeps its bytes', async () => {
  const store = newStore(folder);
  const layer = existingLayer(tarOf('kept'));
  const config = configOf([layer.diffId]);
  const bytes = Buffer.from(
    JSON.stringify({
      layers: [{ size: layer.sizeBytes, digest: layer.digest, mediaType: layer.mediaType, unknown: [1] }],
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: digestOf(config),
        size: config.length,
      },
      schemaVersion: 2,
      unknown: { field: 1 },
    }),
  );
  const manifest = { bytes, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
  const [loaded] = await load(store, [
    imageWith([layer], { tags: ['kept:1'], manifest, config: () => config }),
  ]);
  expect(loaded?.manifestDigest).toBe(digestOf(bytes));
  expect(readFileSync(blobPath(store, digestOf(bytes))).equals(bytes)).toBe(true);
});

test('a layer with a wrong digest leaves only complete blobs', async () => {
  const store = newStore(folder);
  const bad = { ...existingLayer(tarOf('x')), chunks: () => viewsOf(tarOf('y')) };
  const images = [imageWith([existingLayer(tarOf('good')), bad], { tags: ['bad:1'] })];
  expect(await codeOfAsync(() => load(store, images))).toBe('ERR_LAYERS_BLOB_MISMATCH');
  expect(namesIn(store)).toEqual({});
  expect(existsSync(blobPath(store, bad.digest))).toBe(false);
  expect(readdirSync(join(store.path, '.layers/uploads'))).toEqual([]);
  const { isClean, unreferenced } = await checkStore(store);
  expect([isClean, unreferenced.map(({ digest }) => digest)]).toEqual([true, [layerOf('good')]]);
});

test('loading an image again replaces a damaged, truncated, missing or misplaced blob', async () => {
  const store = newStore(folder);
  const newImage = () => image(['a', 'b'], ['app:1']);
  const [loaded] = await load(store, [newImage()]);
  const damages: ((path: string) => void)[] = [
    () => damage(store, layerOf('a')),
    (path) => writeFileSync(path, 'short'),
    (path) => rmSync(path),
  ];
  for (const damageBlob of damages) {
    for (const digest of [layerOf('a'), loaded?.id, loaded?.manifestDigest]) {
      if (digest === undefined) continue;
      damageBlob(blobPath(store, digest));
      const [repaired] = await load(store, [newImage()]);
      expect(repaired).toMatchObject({ wasThere: true, isUnchanged: false, blobs: { written: 1 } });
      expect((await checkStore(store)).findings).toEqual([]);
      if (damageBlob === damages[0]) break;
    }
  }
});

test('progress counts every byte of layers once, also of existing blobs', async () => {
  const store = newStore(folder);
  const total = tarOf('a').length + tarOf('b').length;
  for (let round = 0; round < 2; round++) {
    let last = { doneBytes: 0, totalBytes: null as number | null };
    const images = [image(['a', 'b'], ['p:1']), image(['b', 'a'], ['p:2'])];
    await load(store, images, { onProgress: (progress) => (last = progress) });
    expect(last).toEqual({ doneBytes: total, totalBytes: total });
  }
});

test('an interrupted load leaves no name and no temporary file', async () => {
  const store = newStore(folder);
  const controller = new AbortController();
  const layer = existingLayer(tarOf('slow'));
  const slow = {
    ...layer,
    async *chunks() {
      yield* viewsOf(tarOf('slow').subarray(0, 700));
      controller.abort(new Error('enough'));
      yield* viewsOf(tarOf('slow').subarray(700));
    },
  };
  const loading = load(store, [imageWith([slow], { tags: ['slow:1'] })], { signal: controller.signal });
  await expect(loading).rejects.toThrow('enough');
  expect(namesIn(store)).toEqual({});
  expect(readdirSync(join(store.path, '.layers/uploads'))).toEqual([]);
});

test('a blob that another tool deletes before the image is named is written again', async () => {
  const store = newStore(folder);
  let deleted = false;
  const last = existingLayer(tarOf('last'));
  const layer = {
    ...last,
    async *chunks() {
      // umoci gc does not respect leases.
      if (!deleted) rmSync(blobPath(store, layerOf('first')));
      deleted = true;
      yield* viewsOf(tarOf('last'));
    },
  };
  await load(store, [imageWith([existingLayer(tarOf('first')), layer], { tags: ['app:1'] })]);
  expect(deleted).toBe(true);
  expect((await checkStore(store)).findings).toEqual([]);
});

test('garbage collection of another process keeps blobs that are being loaded', async () => {
  const store = newStore(folder);
  const reports: string[][] = [];
  const last = existingLayer(tarOf('last'));
  const layer = {
    ...last,
    async *chunks() {
      const { blobs, keptByLease } = await pruneStore(store, { graceSeconds: 0 });
      reports.push([...blobs, ...keptByLease].map(({ digest }) => digest));
      expect(blobs).toEqual([]);
      yield* viewsOf(tarOf('last'));
    },
  };
  await load(store, [imageWith([existingLayer(tarOf('first')), layer], { tags: ['app:1'] })]);
  expect(reports).toEqual([[layerOf('first')]]);
});

test('loading waits for the lock, and a timeout names its owner', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  await withHeldLease(store, async ({ holder, holderFile }) => {
    const lock = join(store.path, '.layers/lock');
    await acquireLock(lock, { holder, holderFile, seconds: 1 });
    const { code, message } = await errorOfAsync(() =>
      load(store, [image(['b'], ['b:1'])], { lockSeconds: 0.1 }),
    );
    expect(code).toBe('ERR_LAYERS_STORE_LOCKED');
    expect(message).toContain(lock);
    rmSync(lock);
  });
  expect(namesIn(store)).toEqual({ 'a:1': expect.any(String) });
});

test('a concurrent change of the index by another tool is kept', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const before = readIndex(store);
  const index = { ...before, annotations: { mine: 'yes' }, unknown: { deep: [1, null] } };
  const foreign = { mediaType: 'application/x-other', digest: layerOf('a'), size: 1, unknown: 'field' };
  writeFileSync(
    join(store.path, 'index.json'),
    JSON.stringify({ ...index, manifests: [foreign, ...before.manifests] }),
  );
  await load(store, [image(['b'], ['b:1'])]);
  const after = readIndex(store);
  expect(after).toMatchObject({ annotations: { mine: 'yes' }, unknown: { deep: [1, null] } });
  expect(after.manifests[0]).toEqual(foreign);
  expect(after.manifests).toHaveLength(3);
});

test('several loads run at once in one process', async () => {
  const store = newStore(folder);
  const names = Array.from({ length: 8 }, (_, i) => `n${i}`);
  await Promise.all(names.map((name) => load(store, [image(['base', name], [`app:${name}`])])));
  expect(Object.keys(namesIn(store)).sort()).toEqual(names.map((name) => `app:${name}`));
  expect((await checkStore(store)).isClean).toBe(true);
});

test('unique and shared sizes of images', async () => {
  const store = newStore(folder);
  await load(store, [image(['base', 'one'], ['one:1']), image(['base'], ['two:1'])]);
  const [one, two] = listImages(store);
  const base = tarOf('base').length;
  expect([one?.sharedBytes, two?.sharedBytes]).toEqual([base, base]);
  for (const { sizeBytes, uniqueBytes, sharedBytes, isUncompressed } of listImages(store))
    expect([sizeBytes, isUncompressed]).toEqual([uniqueBytes + sharedBytes, true]);
});

test('blobs are regular files that all users can read', async () => {
  const store = newStore(folder);
  await loadImages(store, [image(['a'], ['a:1'])]);
  const stat = lstatSync(blobPath(store, layerOf('a')));
  expect([stat.isFile(), (stat.mode & 0o777) | process.umask()]).toEqual([true, 0o644 | process.umask()]);
});

test('an image keeps the platform of its descriptor, whatever its config names', async () => {
  const store = newStore(folder);
  const platforms = [
    { os: 'linux', architecture: 'arm', variant: 'v6' },
    { os: 'linux', architecture: 'arm', variant: 'v7' },
    { os: 'windows', architecture: 'amd64', osVersion: '10.0.17763.1' },
  ];
  await load(
    store,
    platforms.map((platform, i) =>
      imageWith([existingLayer(tarOf('a'))], { platform, author: `${i}`, tags: [`a:${i}`] }),
    ),
  );
  expect(listImages(store).map((stored) => stored.platform)).toEqual(platforms);
  const { images } = await openArchive({ path: store.path });
  expect(images.map(({ platform }) => platform)).toEqual(platforms);
});
