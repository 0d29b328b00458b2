import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { loadImages, pruneStore, removeImages } from '../../src/index.ts';
import { image, load, namesIn, newStore, readIndex } from '../support/stores.ts';

const { folder } = useScratch();

test('a platform that is too long is not copied into the index', async () => {
  const store = newStore(folder);
  const platform = { os: 'linux', architecture: 'x'.repeat(12 * 1024 * 1024) };
  await loadImages(store, [{ ...image(['a'], ['a:1', 'a:2']), platform }]);
  expect(readIndex(store).manifests.map((entry) => entry['platform'])).toEqual([undefined, undefined]);
  expect(Object.keys(namesIn(store))).toEqual(['a:1', 'a:2']);
});

test.each([
  ['long', 22_000, 'x'.repeat(500)],
  ['many', 100_000, 'x'],
])(
  '%s tags that would make the index unreadable are an error, and the store stays usable',
  async (_, count, prefix) => {
    const store = newStore(folder);
    await load(store, [image(['a'], ['a:1'])]);
    const before = readFileSync(join(store.path, 'index.json'));
    const tags = Array.from({ length: count }, (__, i) => `r/${prefix}${i}:${'t'.repeat(100)}`);
    expect(await codeOfAsync(() => load(store, [image(['b'], tags)]))).toBe('ERR_LAYERS_LIMIT');
    expect(readFileSync(join(store.path, 'index.json'))).toEqual(before);
    await pruneStore(store, { graceSeconds: 0 });
    expect(await removeImages(store, ['a:1'])).not.toEqual([]);
  },
);
