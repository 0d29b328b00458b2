import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { checkStore, listImages, pruneStore, removeImages, type Store, tagImage } from '../../src/index.ts';
import { image, load, namesIn, newStore, readIndex, writeIndex, writeIndexText } from '../support/stores.ts';

const { folder } = useScratch();

async function storeWithTwo(): Promise<Store> {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1', 'a:2']), image(['b'], ['b:1'])]);
  return store;
}

describe('a repair of the index', () => {
  test('does nothing to a store without defects', async () => {
    const store = await storeWithTwo();
    const before = readFileSync(join(store.path, 'index.json'));
    expect((await checkStore(store, { repair: true })).repair).toBeNull();
    expect(readFileSync(join(store.path, 'index.json'))).toEqual(before);
  });

  test.each([['{'], ['{}'], ['{"manifests":null}'], [null]])(
    'finds the images of a store whose index is %s by their manifests',
    async (text) => {
      const store = await storeWithTwo();
      const ids = new Set(listImages(store).map(({ id }) => id));
      if (text === null) rmSync(join(store.path, 'index.json'));
      else writeIndexText(store, text);
      const { repair, isClean, unreferenced } = await checkStore(store, { repair: true });
      expect(repair).toMatchObject({ from: 'blobs', entries: 2 });
      expect([isClean, unreferenced]).toEqual([true, []]);
      expect(new Set(listImages(store).map(({ id }) => id))).toEqual(ids);
    },
  );

  test('removes entries without a digest, and mends others', async () => {
    const store = await storeWithTwo();
    const names = namesIn(store);
    const [first, ...others] = readIndex(store).manifests;
    const invalid = { ...first, size: 'many', platform: 7 };
    writeIndex(store, { schemaVersion: 2, manifests: [invalid, 'entry', { size: 1 }, ...others] });
    expect(namesIn(store)).toEqual(names);
    const { findings } = await checkStore(store);
    expect(findings.filter(({ code }) => code === 'entry-invalid')).toHaveLength(3);
    expect((await checkStore(store, { repair: true })).isClean).toBe(true);
    expect(namesIn(store)).toEqual(names);
    expect(readIndex(store).manifests).toHaveLength(3);
  });
});

test('an invalid entry does not hide the others, and survives a change of the index', async () => {
  const store = await storeWithTwo();
  const index = readIndex(store);
  const [first, ...others] = index.manifests;
  const invalid = { ...first, size: 'many' };
  writeIndex(store, { ...index, manifests: ['entry', invalid, ...others] });
  expect(Object.keys(namesIn(store)).sort()).toEqual(['a:1', 'a:2', 'b:1']);
  await tagImage(store, 'b:1', 'b:2');
  expect(readIndex(store).manifests).toEqual(expect.arrayContaining(['entry', invalid]));
  // Its blobs are needed, and those of the other one are not known.
  await removeImages(store, ['a:2']);
  expect(await codeOfAsync(() => pruneStore(store, { graceSeconds: 0 }))).toBe('ERR_LAYERS_STORE');
  writeIndex(store, { ...index, manifests: [invalid, ...others] });
  await pruneStore(store, { graceSeconds: 0 });
  writeIndex(store, index);
  expect((await checkStore(store)).findings).toEqual([]);
});

describe('a store whose index has no list', () => {
  test.each([['{}'], ['{"schemaVersion":2,"manifests":null}']])(
    'is not taken for empty: %s',
    async (text) => {
      const store = await storeWithTwo();
      const index = readFileSync(join(store.path, 'index.json'), 'utf8');
      writeIndexText(store, text);
      expect(await codeOfAsync(() => listImages(store))).toBe('ERR_LAYERS_STORE');
      expect(await codeOfAsync(() => pruneStore(store, { graceSeconds: 0 }))).toBe('ERR_LAYERS_STORE');
      writeIndexText(store, index);
      expect((await checkStore(store)).isClean).toBe(true);
    },
  );
});
