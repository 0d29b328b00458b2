import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@layers/core/digest';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { blobPath } from '../../src/blobs/blob-file.ts';
import { checkStore, removeImages, withLease } from '../../src/index.ts';
import { damage, image, layerOf, load, newStore, putBlob, writeIndex } from '../support/stores.ts';

const { folder } = useScratch();

test('a store without defects is clean', async () => {
  const store = newStore(folder);
  await load(store, [image(['a', 'b'], ['a:1']), image(['b'], ['b:1'])]);
  expect(await checkStore(store)).toMatchObject({
    isClean: true,
    images: 2,
    blobs: 6,
    findings: [],
    unreferenced: [],
    partial: [],
    unknown: [],
    absentPlatforms: [],
  });
});

test('each defect is found, with the path of the blob and the images that need it', async () => {
  const store = newStore(folder);
  const [one, two] = await load(store, [
    image(['shared', 'a', 'b', 'c'], ['one:1', 'one:2']),
    image(['shared', 'd'], ['two:1']),
    image(['e'], []),
  ]);
  damage(store, layerOf('shared'));
  rmSync(blobPath(store, layerOf('a')));
  writeFileSync(blobPath(store, layerOf('b')), 'short');
  rmSync(blobPath(store, layerOf('c')));
  mkdirSync(blobPath(store, layerOf('c')));
  damage(store, layerOf('e'));
  const { isClean, findings } = await checkStore(store);
  expect(isClean).toBe(false);
  const found = Object.fromEntries(
    findings.map(({ code, severity, place }) => [
      place?.digest,
      [code, severity, place?.images, place?.file],
    ]),
  );
  const all = ['one:1', 'one:2'];
  expect(found).toEqual({
    [layerOf('shared')]: ['blob-corrupt', 'error', [...all, 'two:1'], blobPath(store, layerOf('shared'))],
    [layerOf('a')]: ['blob-missing', 'error', all, blobPath(store, layerOf('a'))],
    [layerOf('b')]: ['blob-size-mismatch', 'error', all, blobPath(store, layerOf('b'))],
    [layerOf('c')]: ['blob-not-a-file', 'error', all, blobPath(store, layerOf('c'))],
    [layerOf('e')]: [
      'blob-corrupt',
      'error',
      [expect.stringMatching(/^sha256:/)],
      blobPath(store, layerOf('e')),
    ],
  });
  damage(store, one?.manifestDigest ?? 'x:y');
  rmSync(blobPath(store, two?.manifestDigest ?? 'x:y'));
  const codes = new Map((await checkStore(store)).findings.map(({ code, place }) => [place?.digest, code]));
  expect(codes.get(one?.manifestDigest ?? 'x:y')).toBe('blob-corrupt');
  expect(codes.get(two?.manifestDigest ?? 'x:y')).toBe('blob-missing');
});

test('a blob of another size than declared is not read', async () => {
  const store = newStore(folder);
  await load(store, [image(['a', 'b'], ['a:1'])]);
  // Sparse: takes no space on the disk, and more than ten minutes to read.
  truncateSync(blobPath(store, layerOf('a')), 2 ** 40);
  let bytes = 0;
  const { findings } = await checkStore(store, { onProgress: ({ doneBytes }) => (bytes = doneBytes) });
  expect(findings.map(({ code, place }) => [code, place?.digest])).toEqual([
    ['blob-size-mismatch', layerOf('a')],
  ]);
  expect(bytes).toBeLessThan(1024 * 1024);
});

test('a document that is not a manifest is reported', async () => {
  const store = newStore(folder);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const bad = [putBlob(store, Buffer.from('not JSON'), mediaType), putBlob(store, { config: 1 }, mediaType)];
  const small = putBlob(store, { config: {}, layers: [] }, mediaType);
  writeIndex(store, { schemaVersion: 2, manifests: [...bad, { ...small, size: 1 }] });
  const { findings } = await checkStore(store);
  expect(findings.map(({ code, place }) => [place?.digest, code]).sort()).toEqual(
    [...bad.map(({ digest }) => [digest, 'blob-unreadable']), [small.digest, 'blob-size-mismatch']].sort(),
  );
});

test('unreferenced blobs are reported, also damaged ones', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  writeFileSync(blobPath(store, digestOf('garbage')), 'garbage');
  writeFileSync(blobPath(store, digestOf('other')), 'damaged');
  writeFileSync(join(store.path, 'blobs/sha256/README'), 'hello');
  mkdirSync(join(store.path, 'blobs/blake3'));
  writeFileSync(join(store.path, 'blobs/blake3/0123'), 'hello');
  const { findings, unreferenced, unknown } = await checkStore(store);
  expect(findings).toMatchObject([
    { code: 'blob-corrupt', place: { digest: digestOf('other'), images: [] } },
  ]);
  expect(unreferenced.map(({ digest }) => digest).sort()).toEqual(
    [digestOf('garbage'), digestOf('other')].sort(),
  );
  expect(unknown.map((path) => path.slice(store.path.length))).toEqual([
    '/blobs/sha256/README',
    '/blobs/blake3/0123',
  ]);
});

test('leases are reported; an image removed during the check is not a defect', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1']), image(['b'], ['b:1'])]);
  let removed: Promise<unknown> | null = null;
  await withLease(store, async (lease) => {
    const { isClean, partial, images } = await checkStore(store, {
      onProgress() {
        removed ??= removeImages(store, ['b:1']);
      },
    });
    await removed;
    expect(isClean).toBe(true);
    expect(images).toBeLessThanOrEqual(2);
    expect(partial.filter(({ path }) => path === lease.directory)).toEqual([
      { path: lease.directory, sizeBytes: 0, isLive: true },
    ]);
  });
});

test('progress counts the bytes of all blobs, and a signal ends the check', async () => {
  const store = newStore(folder);
  await load(store, [image(['a', 'b'], ['a:1'])]);
  let last = { doneBytes: 0, totalBytes: null as number | null };
  const { storedBytes } = await checkStore(store, { onProgress: (progress) => (last = progress) });
  expect(last).toEqual({ doneBytes: storedBytes, totalBytes: storedBytes });
  await expect(checkStore(store, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  );
});
