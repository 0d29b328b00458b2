import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
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
  const again = openStore(store.path, { create: true });
  expect(Object.keys(namesIn(again))).toEqual(['a:1']);
});

test('a store that an ended process created in part is completed', () => {
  const path = join(folder, 'half');
  mkdirSync(join(path, 'blobs'), { recursive: true });
  writeFileSync(join(path, '.layers-0123456789ab'), '{');
  openStore(path, { create: true });
  expect(existsSync(join(path, 'oci-layout'))).toBe(true);
});

test('a missing folder is a store without images, and reading does not create it', async () => {
  const store = openStore(join(folder, 'absent'));
  expect(listImages(store)).toEqual([]);
  expect(await codeOfAsync(() => findImage(store, 'alpine'))).toBe('ERR_LAYERS_IMAGE_NOT_FOUND');
  expect((await checkStore(store)).isClean).toBe(true);
  await withLease(store, async (lease) => lease.pin(['sha256:0']));
  expect((await pruneStore(store, { dryRun: true })).blobs).toEqual([]);
  expect(existsSync(store.path)).toBe(false);
});

test('a folder with other files does not become a store', async () => {
  const path = join(folder, 'mine');
  mkdirSync(path);
  writeFileSync(join(path, 'letter.txt'), 'dear');
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

test('a folder that cannot be created is ERR_LAYERS_WRITE_OUTPUT', async () => {
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

test('reading waits for another tool that writes the index', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const path = join(store.path, 'index.json');
  const whole = readFileSync(path);
  const script = `
    const { writeFileSync } = require('node:fs');
    const [path, whole] = process.argv.slice(1);
    console.log('ready');
    const end = Date.now() + 300;
    while (Date.now() < end) writeFileSync(path, '{');
    writeFileSync(path, Buffer.from(whole, 'base64'));`;
  const writer = spawn(process.execPath, ['-e', script, path, whole.toString('base64')]);
  await once(writer.stdout, 'data');
  expect(Object.keys(namesIn(store))).toEqual(['a:1']);
  await once(writer, 'exit');
});
