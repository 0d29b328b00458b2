import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@layers/core/digest';
import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { blobPath } from '../src/blobs/blob-file.ts';
import { openStoredArchive, readStoredImage } from '../src/images/read-image.ts';
import {
  checkStore,
  findImage,
  listImages,
  openStore,
  pruneStore,
  removeImages,
  tagImage,
} from '../src/index.ts';
import {
  image,
  layerOf,
  load,
  newStore,
  putBlob,
  readIndex,
  tarOf,
  writeIndex,
  writeIndexText,
} from './support/stores.ts';

const { folder } = useScratch();
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** A folder outside of the stores, in which nothing may change. */
function outsideFolder(): { path: string; victim: string } {
  const path = join(folder, `outside-${Math.random().toString(36).slice(2)}`);
  mkdirSync(path);
  const victim = join(path, 'victim');
  writeFileSync(victim, 'precious');
  return { path, victim };
}

test('digests that would lead outside of the store', async () => {
  for (const digest of [
    'sha256:../../victim',
    '../..:x',
    'sha256:..',
    '..:..',
    'sha256:/etc/passwd',
    'a/../b:c',
    'sha256:',
  ]) {
    const store = newStore(folder);
    writeIndex(store, { schemaVersion: 2, manifests: [{ mediaType: MANIFEST, digest, size: 1 }] });
    expect(listImages(store)).toEqual([]);
    expect((await checkStore(store)).findings).toMatchObject([{ code: 'entry-invalid' }]);
    expect(await codeOfAsync(() => pruneStore(store, { graceSeconds: 0 }))).toBe('ERR_LAYERS_STORE');
    await load(store, [image(['a'], ['a:1'])]);
    expect(listImages(store)).toHaveLength(1);
  }
});

test('digests in manifests and indexes that would lead outside', async () => {
  const { victim } = outsideFolder();
  const store = newStore(folder);
  const bad = { mediaType: 'x', digest: 'sha256:../../../victim', size: 8 };
  const manifest = putBlob(store, { schemaVersion: 2, config: bad, layers: [bad] }, MANIFEST);
  const index = putBlob(store, { schemaVersion: 2, manifests: [bad, manifest] }, INDEX);
  writeIndex(store, { schemaVersion: 2, manifests: [manifest, index] });
  expect(listImages(store)[0]?.problem).not.toBe(null);
  expect((await checkStore(store)).isClean).toBe(false);
  await removeImages(store, [manifest.digest, index.digest], { force: true });
  await pruneStore(store, { graceSeconds: 0 });
  expect(readFileSync(victim, 'utf8')).toBe('precious');
});

test('a blob that is a symlink is neither read nor written through', async () => {
  const { victim } = outsideFolder();
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const path = blobPath(store, layerOf('a'));
  writeFileSync(victim, tarOf('a'));
  rmSync(path);
  symlinkSync(victim, path);
  expect((await checkStore(store)).findings).toMatchObject([
    { code: 'blob-not-a-file', place: { digest: layerOf('a') } },
  ]);
  expect(await codeOfAsync(() => openStoredArchive(store, [findImage(store, 'a:1')]))).toBe(
    'ERR_LAYERS_STORE_BLOB',
  );
  writeFileSync(victim, 'precious');
  const [again] = await load(store, [image(['a'], ['a:1'])]);
  expect(again?.blobs.written).toBe(1);
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect((await checkStore(store)).isClean).toBe(true);
});

test('a manifest, config or index.json that is a symlink to a file outside', async () => {
  const { victim, path } = outsideFolder();
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a'], ['a:1'])]);
  for (const digest of [loaded?.manifestDigest ?? 'x:y', loaded?.id ?? 'x:y']) {
    const blob = blobPath(store, digest);
    renameSync(blob, join(path, 'moved'));
    symlinkSync(join(path, 'moved'), blob);
    expect(listImages(store)[0]?.problem?.code).toBe('ERR_LAYERS_STORE_BLOB');
    rmSync(blob);
    renameSync(join(path, 'moved'), blob);
  }
  const index = join(store.path, 'index.json');
  renameSync(index, join(path, 'index.json'));
  symlinkSync(join(path, 'index.json'), index);
  expect(await codeOfAsync(() => listImages(store))).toBe('ERR_LAYERS_STORE');
  expect(await codeOfAsync(() => load(store, [image(['b'], ['b:1'])]))).toBe('ERR_LAYERS_STORE');
  expect(readFileSync(victim, 'utf8')).toBe('precious');
});

test('folders that are symlinks are not written through', async () => {
  for (const name of ['blobs', 'blobs/sha256', '.layers', '.layers/uploads']) {
    const { path } = outsideFolder();
    const store = newStore(folder);
    await load(store, [image(['a'], ['a:1'])]);
    const place = join(store.path, name);
    rmSync(place, { recursive: true });
    symlinkSync(path, place);
    mkdirSync(join(path, 'sha256'), { recursive: true });
    mkdirSync(join(path, 'uploads'), { recursive: true });
    const inner = join(path, 'sha256', layerOf('a').slice(7));
    writeFileSync(inner, tarOf('a'));
    const before = list(path);
    expect(await codeOfAsync(() => load(store, [image(['b'], ['b:1'])]))).toBe('ERR_LAYERS_STORE');
    await codeOfAsync(() => removeImages(store, ['a:1']));
    await codeOfAsync(() => pruneStore(store, { graceSeconds: 0 }));
    expect(list(path)).toEqual(before);
  }
});

const list = (path: string): string[] => readdirSync(path, { recursive: true }).map(String).sort();

test('a lease that is a symlink is removed without its target', async () => {
  const { path, victim } = outsideFolder();
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  symlinkSync(path, join(store.path, '.layers/uploads/link'));
  await pruneStore(store, { graceSeconds: 0 });
  expect(readFileSync(victim, 'utf8')).toBe('precious');
});

test('a lease whose holder file is a pipe without a writer does not block', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const lease = join(store.path, '.layers/uploads/pipe');
  mkdirSync(lease);
  spawnSync('mkfifo', [join(lease, 'holder')]);
  const then = Date.now() / 1000 - 3600;
  utimesSync(lease, then, then);
  await pruneStore(store, { graceSeconds: 0 });
  expect(existsSync(lease)).toBe(false);
  expect(await checkStore(store)).toMatchObject({ isClean: true });
});

test('indexes that refer to each other in a cycle, by digests that cannot be computed', async () => {
  const store = newStore(folder);
  mkdirSync(join(store.path, 'blobs/made-up'));
  const entry = (hex: string) => ({ mediaType: INDEX, digest: `made-up:${hex}`, size: 1 });
  const point = (from: string, ...to: string[]) =>
    writeFileSync(
      join(store.path, 'blobs/made-up', from),
      JSON.stringify({ schemaVersion: 2, manifests: to.map(entry) }),
    );
  point('a', 'b', 'a');
  point('b', 'a', 'b', 'c');
  point('c', 'a', 'b', 'c');
  writeIndex(store, { schemaVersion: 2, manifests: [entry('a'), entry('b')] });
  expect(listImages(store)).toEqual([]);
  await checkStore(store);
  await pruneStore(store, { graceSeconds: 0 });
  await load(store, [image(['x'], ['x:1'])]);
  expect(listImages(store)).toHaveLength(1);
});

test('endlessly nested indexes', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  let inner = { mediaType: MANIFEST, digest: digestOf('nothing'), size: 1 };
  for (let depth = 0; depth < 30; depth++)
    inner = putBlob(store, { schemaVersion: 2, manifests: [inner] }, INDEX);
  writeIndex(store, { ...readIndex(store), manifests: [...readIndex(store).manifests, inner] });
  expect(listImages(store)).toHaveLength(1);
  // The references below are not known, so nothing is garbage.
  const { blobs, unreadable } = await pruneStore(store, { graceSeconds: 0 });
  expect([blobs, unreadable.length]).toEqual([[], 1]);
});

test('indexes that each list all of the next level', async () => {
  const store = newStore(folder);
  let level = Array.from({ length: 40 }, (_, i) =>
    putBlob(store, { schemaVersion: 2, n: i, manifests: [] }, INDEX),
  );
  for (let depth = 0; depth < 6; depth++) {
    const next = level;
    level = next.map((_, i) => putBlob(store, { schemaVersion: 2, n: i, manifests: next }, INDEX));
  }
  await load(store, [image(['a'], ['a:1'])]);
  writeIndex(store, { schemaVersion: 2, manifests: [...level, ...readIndex(store).manifests] });
  const images = listImages(store);
  expect(images).toHaveLength(41);
  expect(images.filter(({ problem }) => problem?.code === 'ERR_LAYERS_LIMIT')).toHaveLength(40);
  // The others can be used, and the bad ones removed.
  expect(findImage(store, 'a:1').problem).toBeNull();
  const ids = level.map(({ digest }) => digest);
  expect(await removeImages(store, ids, { force: true })).not.toEqual([]);
  expect(listImages(store)).toHaveLength(1);
}, 60_000);

test('a huge index.json', async () => {
  const store = newStore(folder);
  writeFileSync(join(store.path, 'index.json'), Buffer.alloc(21 * 1024 * 1024, ' '));
  expect(await codeOfAsync(() => listImages(store))).toBe('ERR_LAYERS_STORE');
});

test('an index with very many descriptors', async () => {
  const store = newStore(folder);
  const manifests = Array.from({ length: 10_000 }, (_, i) => ({
    mediaType: MANIFEST,
    digest: digestOf(`${i}`),
    size: 1,
  }));
  writeIndex(store, { schemaVersion: 2, manifests });
  expect(listImages(store)).toHaveLength(10_000);
  await load(store, [image(['a'], ['a:1'])]);
}, 60_000);

test('damaged indexes', async () => {
  const texts = [
    '',
    '{',
    '[]',
    'null',
    '"x"',
    '{"manifests":{}}',
    '{}',
    '{"manifests":null}',
    '{"manifests":[],"config":{}}',
    '\xff',
  ];
  for (const text of texts) {
    const store = newStore(folder);
    writeIndexText(store, text);
    for (const work of [
      () => listImages(store),
      () => load(store, [image(['a'], ['a:1'])]),
      () => removeImages(store, ['a:1']),
      () => tagImage(store, 'a', 'b'),
    ])
      expect([text, await codeOfAsync(work)]).toEqual([text, 'ERR_LAYERS_STORE']);
    expect(readFileSync(join(store.path, 'index.json'), 'latin1')).toBe(text);
  }
});

test('a missing index.json is not an empty store', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  rmSync(join(store.path, 'index.json'));
  expect(await codeOfAsync(() => listImages(store))).toBe('ERR_LAYERS_STORE');
  const again = openStore(store.path, { create: true });
  expect(await codeOfAsync(() => load(again, [image(['b'], ['b:1'])]))).toBe('ERR_LAYERS_STORE');
  expect(existsSync(blobPath(store, layerOf('a')))).toBe(true);
});

test('a blob with another size than its descriptor declares', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a'], ['a:1'])]);
  writeFileSync(blobPath(store, layerOf('a')), Buffer.concat([tarOf('a'), tarOf('a')]));
  const found = findImage(store, 'a:1');
  expect(found.problem?.message).toContain(layerOf('a'));
  expect(await codeOfAsync(() => readStoredImage(store, found))).toBe('ERR_LAYERS_STORE_BLOB');
  expect((await checkStore(store)).findings).toMatchObject([{ code: 'blob-size-mismatch' }]);
  expect(loaded).toBeDefined();
});

test('an oci-layout that is a pipe or a folder', async () => {
  const store = newStore(folder);
  rmSync(join(store.path, 'oci-layout'));
  mkdirSync(join(store.path, 'oci-layout'));
  expect(await codeOfAsync(() => openStore(store.path))).toBe('ERR_LAYERS_STORE');
});

test('names and keys such as __proto__', async () => {
  const store = newStore(folder);
  writeFileSync(
    join(store.path, 'index.json'),
    `{"schemaVersion":2,"__proto__":{"x":1},"constructor":1,"manifests":[]}`,
  );
  await load(store, [image(['a'], ['__proto__', 'constructor:1'])]);
  expect(listImages(store)[0]?.refs).toEqual(['__proto__', 'constructor:1']);
  expect(readFileSync(join(store.path, 'index.json'), 'utf8')).toContain('"__proto__":{"x":1}');
});
