import { IMAGE_NAME, REF_NAME } from '@layers/core/oci';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { findImage, listImages, removeImages, tagImage } from '../../src/index.ts';
import { image, load, namesIn, newStore, readIndex, writeIndex } from '../support/stores.ts';

const { folder } = useScratch();

/** Returns a store with an image for each set of annotations of its descriptor. */
async function storeWithAnnotations(...annotations: Record<string, string>[]) {
  const store = newStore(folder);
  await load(
    store,
    annotations.map((_, i) => image([`layer${i}`], [])),
  );
  const { manifests, ...rest } = readIndex(store);
  writeIndex(store, {
    ...rest,
    manifests: manifests.map((entry, i) => ({ ...entry, annotations: annotations[i] })),
  });
  return store;
}

test('the names of containerd and BuildKit: the tag alone, and the full name in another annotation', async () => {
  const store = await storeWithAnnotations(
    { [IMAGE_NAME]: 'ghcr.io/me/app:1.0', [REF_NAME]: '1.0' },
    { [IMAGE_NAME]: 'docker.io/library/b:2' },
  );
  expect(listImages(store).map(({ refs }) => refs)).toEqual([['ghcr.io/me/app:1.0'], ['b:2']]);
});

test('a containerd name that umoci copies to another image is ignored', async () => {
  const name = 'docker.io/library/demo:1.0';
  const store = await storeWithAnnotations(
    { [IMAGE_NAME]: name, [REF_NAME]: 'demo:1.0' },
    { [IMAGE_NAME]: name, [REF_NAME]: 'mine' },
  );
  expect(listImages(store).map(({ refs }) => refs)).toEqual([['demo:1.0'], ['mine']]);
});

test('a name that skopeo moves to another image is removed from the previous one', async () => {
  const name = 'docker.io/library/demo:1.0';
  const store = await storeWithAnnotations(
    { [IMAGE_NAME]: name, 'other.annotation': 'kept' },
    { [REF_NAME]: 'demo:1.0' },
  );
  const [old, latest] = listImages(store);
  expect([old?.refs, latest?.refs]).toEqual([[], ['demo:1.0']]);
  expect(findImage(store, 'demo:1.0').id).toBe(latest?.id);
  // It does not return when the new image is removed.
  await tagImage(store, 'demo:1.0', 'other:1');
  await removeImages(store, ['demo:1.0', 'other:1']);
  expect(Object.values(namesIn(store))).toEqual([old?.id]);
  expect(Object.keys(namesIn(store))).toEqual([expect.stringMatching(/^<none>/)]);
  expect(readIndex(store).manifests[0]).toMatchObject({ annotations: { 'other.annotation': 'kept' } });
});

test('empty names are ignored', async () => {
  const store = await storeWithAnnotations({ [REF_NAME]: '' }, { [REF_NAME]: `a@sha256:${'0'.repeat(64)}` });
  expect(listImages(store).map(({ refs }) => refs)).toEqual([[], []]);
});
