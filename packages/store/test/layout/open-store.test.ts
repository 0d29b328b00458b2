import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkStore, findImage, listImages, openStore, pruneStore, withLease } from '../../src/index.ts';
import { image, load, namesIn, newStore } from '../support/stores.ts';

const { folder } = useScratch();

test('a new store is an OCI layout', () => {
  const path = join(folder, 'deep', 'new');
  const store = openStore(path, { create: true });
  expect(store.path).toBe(path);
  expect(readdirSync(path).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
  expect(readdirSync(join(path, 'blobs'))).toEqual(['sha256']);
  expect(JSON.parse(readFileSync(join(path, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
  expect(JSON.parse(readFileSync(join(path, 'index.json'), 'utf8'))).toEqual({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [],
  });
});

test('an existing store is not changed', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const reopened = openStore(store.path, { create: true });
  expect(Object.keys(namesIn(reopened))).toEqual(['a:1']);
});

test('a partly created store is completed', () => {
  const path = join(folder, 'partial');
  mkdirSync(join(path, 'blobs'), { recursive: true });
  writeFileSync(join(path, '.layers-0123456789ab'), '{');
  openStore(path, { create: true });
  expect(existsSync(join(path, 'oci-layout'))).toBe(true);
});

test('a missing directory is a store without images, and reading does not create it', async () => {
  const store = openStore(join(folder, 'absent'));
  expect(listImages(store)).toEqual([]);
  expect(await codeOfAsync(() => findImage(store, 'alpine'))).toBe('ERR_LAYERS_IMAGE_NOT_FOUND');
  expect((await checkStore(store)).isClean).toBe(true);
  await withLease(store, async (lease) => lease.pin(['sha256:0']));
  expect((await pruneStore(store, { dryRun: true })).blobs).toEqual([]);
  expect(existsSync(store.path)).toBe(false);
});

test('a directory with other files does not become a store', async () => {
  const path = join(folder, 'other');
  mkdirSync(path);
  writeFileSync(join(path, 'letter.txt'), 'text');
  for (const create of [true, false]) {
    const { code, message } = await errorOfAsync(() => openStore(path, { create }));
    expect([code, message]).toEqual(['ERR_LAYERS_STORE', expect.stringContaining('letter.txt')]);
  }
  expect(readdirSync(path)).toEqual(['letter.txt']);
  expect(await codeOfAsync(() => openStore(join(path, 'letter.txt')))).toBe('ERR_LAYERS_STORE');
});

test('another layout version is an error', async () => {
  const store = newStore(folder);
  for (const text of ['{"imageLayoutVersion":"2.0.0"}', '{}', 'x', '']) {
    writeFileSync(join(store.path, 'oci-layout'), text);
    expect(await codeOfAsync(() => openStore(store.path))).toBe('ERR_LAYERS_STORE');
  }
});

test('a directory that cannot be created is an error', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(await codeOfAsync(() => openStore(join(file, 'store'), { create: true }))).toBe(
    'ERR_LAYERS_WRITE_OUTPUT',
  );
});

test('a symlink to a store is the store', () => {
  const store = newStore(folder);
  const link = join(folder, 'link');
  symlinkSync(store.path, link);
  expect(openStore(link)).toEqual(store);
});

test('a symlink as index is not followed, and the error says so', async () => {
  const store = newStore(folder);
  const path = join(store.path, 'index.json');
  renameSync(path, join(store.path, 'elsewhere'));
  symlinkSync('elsewhere', path);
  const { code, message } = await errorOfAsync(() => listImages(store));
  expect([code, message]).toEqual([
    'ERR_LAYERS_STORE',
    `${path} is a symlink, which a store does not follow`,
  ]);
});

describe('an index that another tool writes in place', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** Writes the index, and sets the clock to its modification time. */
  function writeNow(path: string, content: string | Uint8Array): void {
    writeFileSync(path, content);
    vi.useFakeTimers({ toFake: ['Date'], now: statSync(path).mtimeMs });
  }

  test('is read again until it is complete', async () => {
    const store = newStore(folder);
    await load(store, [image(['a'], ['a:1'])]);
    const path = join(store.path, 'index.json');
    const complete = readFileSync(path);
    const writes = ['', complete.subarray(0, 20), complete];
    writeNow(path, '{');
    const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      writeNow(path, writes.shift() ?? complete);
      return 'timed-out';
    });
    expect(Object.keys(namesIn(store))).toEqual(['a:1']);
    expect(wait).toHaveBeenCalledTimes(3);
  });

  test('is damaged if it stays incomplete', async () => {
    const store = newStore(folder);
    const path = join(store.path, 'index.json');
    writeNow(path, '{');
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      vi.setSystemTime(Date.now() + 100);
      return 'timed-out';
    });
    const { code, message } = await errorOfAsync(() => listImages(store));
    expect([code, message]).toEqual(['ERR_LAYERS_STORE', expect.stringContaining('is damaged')]);
    expect(Date.now() - statSync(path).mtimeMs).toBeGreaterThanOrEqual(500);
  });
});
