import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { blobName } from '@layers/core/image';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { blobPath } from '../../src/blobs/blob-file.ts';
import { checkStore, removeImages, type Store, withLease } from '../../src/index.ts';
import {
  damage,
  image,
  layerOf,
  load,
  namesIn,
  newStore,
  putBlob,
  readIndex,
  writeIndex,
} from '../support/stores.ts';

const { folder } = useScratch();

const blobsIn = (store: Store): string[] => readdirSync(join(store.path, 'blobs/sha256')).sort();

test('removing one of several names keeps the image', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1', 'a:2'])]);
  expect(await removeImages(store, ['a:1'])).toEqual([{ kind: 'untagged', ref: 'a:1' }]);
  expect(Object.keys(namesIn(store))).toEqual(['a:2']);
  expect(blobsIn(store)).toHaveLength(3);
});

test('removing the last name deletes the image and the blobs that no other image needs', async () => {
  const store = newStore(folder);
  const [one] = await load(store, [image(['base', 'top'], ['one:1']), image(['base'], ['two:1'])]);
  const removals = await removeImages(store, ['one:1']);
  expect(removals.map((removal) => [removal.kind, 'what' in removal ? removal.what : null])).toEqual([
    ['untagged', null],
    ['image', null],
    ['blob', 'manifest'],
    ['blob', 'config'],
    ['blob', 'layer'],
  ]);
  expect(removals).toContainEqual({ kind: 'image', id: one?.id, manifestDigest: one?.manifestDigest });
  expect(removals.at(-1)).toMatchObject({ digest: layerOf('top'), sizeBytes: expect.any(Number) });
  expect(blobsIn(store)).toHaveLength(3);
  expect((await checkStore(store)).isClean).toBe(true);
  await removeImages(store, ['two:1']);
  expect(blobsIn(store)).toEqual([]);
});

test('an image with several names is removed by its id only with force', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a'], ['a:1', 'b:1'])]);
  const id = loaded?.id ?? '';
  const { code, message } = await errorOfAsync(() => removeImages(store, [id]));
  expect([code, message]).toEqual(['ERR_LAYERS_IMAGE_REFERENCED', expect.stringContaining('a:1, b:1')]);
  expect(Object.keys(namesIn(store))).toHaveLength(2);
  expect((await removeImages(store, [id.slice(7, 19)], { force: true })).slice(0, 2)).toEqual([
    { kind: 'untagged', ref: 'a:1' },
    { kind: 'untagged', ref: 'b:1' },
  ]);
  expect(namesIn(store)).toEqual({});
});

test('an image with one name or none is removed by its id', async () => {
  const store = newStore(folder);
  const [one, two] = await load(store, [image(['a'], ['a:1']), image(['b'], [])]);
  await removeImages(store, [one?.id ?? '', two?.manifestDigest ?? '']);
  expect([namesIn(store), blobsIn(store)]).toEqual([{}, []]);
});

test('all images are removed or none', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1']), image(['b'], ['b:1'])]);
  expect(await codeOfAsync(() => removeImages(store, ['a:1', 'zz:1']))).toBe('ERR_LAYERS_IMAGE_NOT_FOUND');
  expect(Object.keys(namesIn(store))).toEqual(['a:1', 'b:1']);
  await removeImages(store, ['a:1', 'b:1', 'a:1']);
  expect(namesIn(store)).toEqual({});
});

test('blobs that a reader pins stay until it is done', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a'], ['a:1'])]);
  await withLease(store, async (lease) => {
    lease.pin([layerOf('a'), loaded?.id, loaded?.manifestDigest].filter((digest) => digest !== undefined));
    const removals = await removeImages(store, ['a:1']);
    expect(removals.map(({ kind }) => kind)).toEqual(['untagged', 'image']);
    expect(blobsIn(store)).toHaveLength(3);
  });
});

test('an image without its manifest or config can be removed', async () => {
  const store = newStore(folder);
  const [one, two] = await load(store, [image(['a'], ['a:1']), image(['b'], ['b:1'])]);
  rmSync(blobPath(store, one?.manifestDigest ?? 'x:y'));
  rmSync(blobPath(store, two?.id ?? 'x:y'));
  await removeImages(store, ['a:1', 'b:1']);
  expect(namesIn(store)).toEqual({});
  expect((await checkStore(store)).isClean).toBe(true);
});

test('no blob is deleted while a manifest cannot be read', async () => {
  const store = newStore(folder);
  const [one] = await load(store, [image(['base', 'a'], ['a:1']), image(['base', 'b'], ['b:1'])]);
  damage(store, one?.manifestDigest ?? 'x:y');
  const before = blobsIn(store);
  expect((await removeImages(store, ['b:1'])).map(({ kind }) => kind)).toEqual(['untagged', 'image']);
  expect(blobsIn(store)).toEqual(before);
});

test('blobs of unknown types are kept while a document refers to them', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a'], ['a:1'])]);
  const artifact = putBlob(store, { blobs: [{ digest: layerOf('a') }] }, 'application/x-unknown');
  writeIndex(store, { ...readIndex(store), manifests: [...readIndex(store).manifests, artifact] });
  await removeImages(store, ['a:1']);
  expect(existsSync(blobPath(store, layerOf('a')))).toBe(true);
  expect(existsSync(blobPath(store, loaded?.id ?? 'x:y'))).toBe(false);
});

test('one of several platforms is removed only with force, together with the others', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], []), image(['b'], [])]);
  const { manifests, ...rest } = readIndex(store);
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const index = putBlob(store, { schemaVersion: 2, manifests }, mediaType);
  const annotations = { 'org.opencontainers.image.ref.name': 'multi:1' };
  writeIndex(store, { ...rest, manifests: [{ ...index, annotations }] });
  const nested = String(manifests[0]?.['digest']);
  expect(await codeOfAsync(() => removeImages(store, [nested]))).toBe('ERR_LAYERS_IMAGE_REFERENCED');
  const removals = await removeImages(store, ['multi:1']);
  expect(removals.filter(({ kind }) => kind === 'image')).toHaveLength(2);
  expect(blobsIn(store)).toEqual([]);
});

test('leases of ended processes are removed too', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const dead = join(store.path, '.layers/uploads/dead');
  mkdirSync(dead);
  const holder = { id: 'dead', pid: 2 ** 22 + 5, host: 'x', boot: null };
  writeFileSync(
    join(dead, 'holder'),
    JSON.stringify({ ...(await ownHolder()), ...holder, boot: (await ownHolder()).boot }),
  );
  writeFileSync(join(dead, 'blob-0'), 'x'.repeat(1000));
  await removeImages(store, ['a:1']);
  expect(existsSync(dead)).toBe(false);
});

async function ownHolder() {
  const { thisHolder } = await import('../../src/lock/holder.ts');
  return thisHolder('x');
}

test('a directory with the name of a blob is not removed', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const digest: Digest = layerOf('a');
  rmSync(join(store.path, blobName(digest)));
  mkdirSync(join(store.path, blobName(digest), 'inner'), { recursive: true });
  await removeImages(store, ['a:1']);
  expect(existsSync(join(store.path, blobName(digest), 'inner'))).toBe(true);
});
