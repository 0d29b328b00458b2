import { existsSync } from 'node:fs';
import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { checkStore, listImages, removeImages, type Store, tagImage } from '../../src/index.ts';
import { image, load, namesIn, newStore, readIndex, writeIndex } from '../support/stores.ts';

const { folder } = useScratch();

const LONG = 'x'.repeat(12 * 1024 * 1024);

async function storeWithTwo(): Promise<Store> {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1', 'a:2']), image(['b'], ['b:1'])]);
  return store;
}

describe('a repair of an index that is too large', () => {
  test('keeps names and images', async () => {
    const store = await storeWithTwo();
    const names = namesIn(store);
    const { manifests } = readIndex(store);
    const large = manifests.map((entry) => ({ ...entry, platform: { os: 'linux', architecture: LONG } }));
    writeIndex(store, { ...readIndex(store), manifests: large });
    expect(await codeOfAsync(() => listImages(store))).toBe('ERR_LAYERS_STORE');
    const { repair, isClean } = await checkStore(store, { repair: true });
    expect(repair).toMatchObject({ from: 'index', entries: 3, removed: 0 });
    expect(isClean).toBe(true);
    expect(namesIn(store)).toEqual(names);
    expect(existsSync(repair?.backup ?? '')).toBe(true);
    expect(await removeImages(store, ['a:1', 'a:2'])).not.toEqual([]);
  });

  test('keeps one entry of each image, and as many names as fit', async () => {
    const store = await storeWithTwo();
    const [first, , last] = readIndex(store).manifests;
    const name = (i: number) => `${'n'.repeat(200)}:${i}`;
    const many = Array.from({ length: 60_000 }, (_, i) => ({
      ...first,
      annotations: { 'org.opencontainers.image.ref.name': name(i) },
    }));
    writeIndex(store, { schemaVersion: 2, manifests: [...many, last] });
    const { repair } = await checkStore(store, { repair: true });
    expect(repair?.removed).toBeGreaterThan(0);
    expect(listImages(store)).toHaveLength(2);
    expect(namesIn(store)).toHaveProperty('b:1');
    await tagImage(store, 'b:1', 'b:2');
  });
});
