import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@layers/core/digest';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { blobPath } from '../../src/blobs/blob-file.ts';
import { checkStore, pruneStore, type Store, withLease } from '../../src/index.ts';
import { thisHolder } from '../../src/lock/holder.ts';
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

const GARBAGE = digestOf('garbage');

/** Returns a store with two images, one of which has lost its name, and an unreferenced blob. */
async function storeWithGarbage(): Promise<Store> {
  const store = newStore(folder);
  await load(store, [image(['base', 'old'], ['app:1'])]);
  await load(store, [image(['base', 'new'], ['app:1'])]);
  writeFileSync(blobPath(store, GARBAGE), 'garbage');
  return store;
}

test('images without a name and unreferenced blobs are removed', async () => {
  const store = await storeWithGarbage();
  const report = await pruneStore(store, { graceSeconds: 0 });
  expect(report.images).toHaveLength(1);
  expect(report.blobs.map(({ digest }) => digest)).toContain(GARBAGE);
  expect(report.blobs).toHaveLength(4);
  expect(report.reclaimedBytes).toBe(report.blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  expect(Object.keys(namesIn(store))).toEqual(['app:1']);
  expect(await checkStore(store)).toMatchObject({ isClean: true, unreferenced: [], blobs: 4 });
  expect(await pruneStore(store, { graceSeconds: 0 })).toMatchObject({
    images: [],
    blobs: [],
    reclaimedBytes: 0,
  });
});

test('recent blobs are kept, since other tools write blobs before the index', async () => {
  const store = await storeWithGarbage();
  const report = await pruneStore(store);
  expect(report.keptByGrace.map(({ digest }) => digest)).toEqual([GARBAGE]);
  expect(existsSync(blobPath(store, GARBAGE))).toBe(true);
});

test('the grace period does not apply to blobs of removed images', async () => {
  const store = await storeWithGarbage();
  const [old] = (await pruneStore(store, { dryRun: true })).images;
  const { images, blobs, reclaimedBytes } = await pruneStore(store);
  expect(images).toEqual([old]);
  expect(blobs.map(({ digest }) => digest)).toEqual(expect.arrayContaining([old?.id, layerOf('old')]));
  expect([blobs.length, reclaimedBytes > 0, existsSync(blobPath(store, layerOf('base')))]).toEqual([
    3,
    true,
    true,
  ]);
});

test('the age of a blob does not depend on a preserved modification time', async () => {
  const store = await storeWithGarbage();
  utimesSync(blobPath(store, GARBAGE), 1, 1);
  expect((await pruneStore(store, { graceSeconds: 60 })).keptByGrace.map(({ digest }) => digest)).toContain(
    GARBAGE,
  );
});

test('a dry run reports the same and removes nothing', async () => {
  const store = await storeWithGarbage();
  const planned = await pruneStore(store, { graceSeconds: 0, dryRun: true });
  expect(existsSync(blobPath(store, GARBAGE))).toBe(true);
  expect(Object.keys(namesIn(store))).toHaveLength(2);
  expect(await pruneStore(store, { graceSeconds: 0 })).toEqual(planned);
});

test('pinned blobs stay until the lease ends', async () => {
  const store = await storeWithGarbage();
  const nameless = Object.keys(namesIn(store))
    .find((name) => name.startsWith('<none>'))
    ?.slice(7);
  await withLease(store, async (lease) => {
    lease.pin([GARBAGE]);
    const { keptByLease, images } = await pruneStore(store, { graceSeconds: 0 });
    expect([keptByLease.map(({ digest }) => digest), images.length]).toEqual([[GARBAGE], 1]);
    expect(images[0]?.manifestDigest).toBe(nameless);
  });
  expect(existsSync(blobPath(store, GARBAGE))).toBe(true);
  expect((await pruneStore(store, { graceSeconds: 0 })).blobs.map(({ digest }) => digest)).toEqual([GARBAGE]);
});

test('nothing is removed while a manifest cannot be read, and the manifest is reported', async () => {
  const store = await storeWithGarbage();
  const [entry] = readIndex(store).manifests.slice(-1);
  const digest = `sha256:${String(entry?.['digest']).slice(7)}` as const;
  damage(store, digest);
  const report = await pruneStore(store, { graceSeconds: 0 });
  expect([report.blobs, report.unreadable.map(({ digest: unreadable }) => unreadable)]).toEqual([
    [],
    [digest],
  ]);
  expect(existsSync(blobPath(store, GARBAGE))).toBe(true);
});

test('a platform that the store lacks does not prevent pruning', async () => {
  const store = await storeWithGarbage();
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const absent = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf('absent'),
    size: 3,
  };
  const index = putBlob(store, { schemaVersion: 2, manifests: [absent] }, mediaType);
  const annotations = { 'org.opencontainers.image.ref.name': 'sparse:1' };
  writeIndex(store, {
    ...readIndex(store),
    manifests: [...readIndex(store).manifests, { ...index, annotations }],
  });
  expect((await pruneStore(store, { graceSeconds: 0 })).blobs.map(({ digest }) => digest)).toContain(GARBAGE);
  expect(await checkStore(store)).toMatchObject({ isClean: true, absentPlatforms: [absent.digest] });
});

test('signatures and other artifacts without a name are kept', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const config = putBlob(store, {}, 'application/vnd.oci.empty.v1+json');
  const artifact = putBlob(
    store,
    { schemaVersion: 2, artifactType: 'application/x-signature', config, layers: [] },
    'application/vnd.oci.image.manifest.v1+json',
  );
  writeIndex(store, { ...readIndex(store), manifests: [...readIndex(store).manifests, artifact] });
  expect(await pruneStore(store, { graceSeconds: 0 })).toMatchObject({ images: [], blobs: [] });
});

test('leases of ended processes are removed; those of other hosts stay for a day', async () => {
  const store = await storeWithGarbage();
  const uploads = join(store.path, '.layers/uploads');
  const self = thisHolder('x');
  const addLease = (name: string, holder: object | null, seconds: number): void => {
    mkdirSync(join(uploads, name, 'pins'), { recursive: true });
    if (holder !== null) writeFileSync(join(uploads, name, 'holder'), JSON.stringify({ ...self, ...holder }));
    writeFileSync(join(uploads, name, 'blob-0'), '12345');
    writeFileSync(join(uploads, name, 'pins', GARBAGE.replace(':', '-')), '');
    const then = Date.now() / 1000 - seconds;
    for (const path of [join(uploads, name, 'pins'), join(uploads, name)]) utimesSync(path, then, then);
  };
  const foreign = { id: 'foreign', host: 'elsewhere', boot: 'another' };
  addLease('dead', { id: 'dead', pid: 2 ** 22 + 5 }, 0);
  addLease('foreign', foreign, 3600);
  addLease('foreign-old', foreign, 25 * 3600);
  addLease('new-without-holder', null, 1);
  addLease('old-without-holder', null, 60);
  const report = await pruneStore(store, { graceSeconds: 0 });
  expect(readdirSync(uploads).sort()).toEqual(['foreign', 'new-without-holder']);
  expect(report.abandonedUploads).toBe(3);
  expect(report.keptByLease.map(({ digest }) => digest)).toEqual([GARBAGE]);
  expect(report.reclaimedBytes).toBe(15 + report.blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  expect(existsSync(blobPath(store, layerOf('base')))).toBe(true);
});
