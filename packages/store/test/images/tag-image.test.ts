import { statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { tagImage } from '../../src/index.ts';
import { image, load, namesIn, newStore } from '../support/stores.ts';

const { folder } = useScratch();

test('an image is tagged by a name or an id', async () => {
  const store = newStore(folder);
  const [loaded] = await load(store, [image(['a'], ['a:1'])]);
  await tagImage(store, 'a:1', 'me/b');
  await tagImage(store, loaded?.id.slice(7, 15) ?? '', 'ghcr.io/me/c:2');
  await tagImage(store, 'a:1', 'plain');
  expect(Object.keys(namesIn(store)).sort()).toEqual([
    'a:1',
    'ghcr.io/me/c:2',
    'me/b:latest',
    'plain:latest',
  ]);
});

test('a name moves to another image; an image without a name stays', async () => {
  const store = newStore(folder);
  const [one, two] = await load(store, [image(['a'], ['a:1']), image(['b'], ['b:1'])]);
  await tagImage(store, 'a:1', 'b:1');
  expect(namesIn(store)).toEqual({
    'a:1': one?.id,
    'b:1': one?.id,
    [`<none> ${two?.manifestDigest}`]: two?.id,
  });
  // The existing entry without a name gets it.
  await tagImage(store, two?.id ?? '', 'again:1');
  expect(namesIn(store)).toEqual({ 'a:1': one?.id, 'b:1': one?.id, 'again:1': two?.id });
});

test('tagging with a name that the image has changes nothing', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  const before = statSync(join(store.path, 'index.json'), { bigint: true }).ino;
  await tagImage(store, 'a:1', 'docker.io/library/a:1');
  expect(statSync(join(store.path, 'index.json'), { bigint: true }).ino).toBe(before);
});

test('an invalid name and a missing image are errors', async () => {
  const store = newStore(folder);
  await load(store, [image(['a'], ['a:1'])]);
  for (const target of ['', 'A:1', `a@sha256:${'0'.repeat(64)}`, 'a:', '0'.repeat(64)])
    expect(await codeOfAsync(() => tagImage(store, 'a:1', target))).toBe('ERR_LAYERS_REFERENCE');
  expect(await codeOfAsync(() => tagImage(store, 'zz', 'b:1'))).toBe('ERR_LAYERS_IMAGE_NOT_FOUND');
});
