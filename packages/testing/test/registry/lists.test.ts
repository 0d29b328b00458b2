import type { TestRegistry } from '@layers/testing/registry';
import { expect, test } from 'vitest';
import { ask, codesOf, INDEX, MANIFEST, push, upload, useRegistries } from './registry-client.ts';

const start = useRegistries();

/** Returns the names of each page of a list, with the links followed. */
async function pages(registry: TestRegistry, path: string, field: string): Promise<string[][]> {
  const found: string[][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { text, headers } = await ask(registry, next);
    found.push(JSON.parse(text)[field]);
    next = /^<([^>]+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
  }
  return found;
}

test('tags are listed in order, and in pages', async () => {
  const registry = await start();
  for (const tag of ['c', 'a', 'b']) await push(registry, 'x/y', tag);
  const list = '/v2/x/y/tags/list';
  expect(JSON.parse((await ask(registry, list)).text)).toEqual({ name: 'x/y', tags: ['a', 'b', 'c'] });
  expect(await pages(registry, `${list}?n=2`, 'tags')).toEqual([['a', 'b'], ['c']]);
  expect(await pages(registry, `${list}?n=3`, 'tags')).toEqual([['a', 'b', 'c']]);
  expect(await pages(registry, `${list}?n=0`, 'tags')).toEqual([[]]);
  expect(await pages(registry, `${list}?last=a`, 'tags')).toEqual([['b', 'c']]);
  expect((await ask(registry, `${list}?n=x`)).status).toBe(400);
  expect(codesOf(await ask(registry, '/v2/x/tags/list'))).toEqual(['NAME_UNKNOWN']);
});

test('a registry can limit pages, and cut lists without a link', async () => {
  const registry = await start({ behaviour: { pageSize: 2 } });
  for (const tag of ['a', 'b', 'c', 'd', 'e']) await push(registry, 'x', tag);
  expect(await pages(registry, '/v2/x/tags/list', 'tags')).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  registry.behaviour.links = false;
  expect(await pages(registry, '/v2/x/tags/list', 'tags')).toEqual([['a', 'b']]);
});

test('the catalog has all repositories, in pages', async () => {
  const registry = await start();
  for (const name of ['b', 'a/x', 'c']) await push(registry, name, 'v1');
  await upload(registry, 'blobs-only', Buffer.from('x'));
  expect(await pages(registry, '/v2/_catalog?n=2', 'repositories')).toEqual([
    ['a/x', 'b'],
    ['blobs-only', 'c'],
  ]);
});

test('referrers are listed with their type and annotations, and filtered', async () => {
  const registry = await start();
  const digest = await push(registry, 'a', 'v1');
  const subject = { mediaType: MANIFEST, digest, size: 1 };
  const signed = await push(registry, 'a', 's', { subject, artifactType: 'x/sig', annotations: { k: 'v' } });
  const config = await push(registry, 'a', 't', { subject });
  const list = async (query = '') => {
    const { text, headers } = await ask(registry, `/v2/a/referrers/${digest}${query}`);
    expect(headers['content-type']).toBe(INDEX);
    return { headers, manifests: JSON.parse(text).manifests };
  };
  const all = await list();
  expect(all.manifests).toHaveLength(2);
  expect(all.manifests).toContainEqual({
    mediaType: MANIFEST,
    digest: signed,
    size: expect.any(Number),
    artifactType: 'x/sig',
    annotations: { k: 'v' },
  });
  expect(all.manifests).toContainEqual(
    expect.objectContaining({ digest: config, artifactType: 'application/vnd.oci.image.config.v1+json' }),
  );
  const filtered = await list('?artifactType=x%2Fsig');
  expect(filtered.manifests).toEqual([expect.objectContaining({ digest: signed })]);
  expect(filtered.headers['oci-filters-applied']).toBe('artifactType');
  const body = (await ask(registry, '/v2/a/manifests/s')).body;
  const again = { method: 'PUT', headers: { 'Content-Type': MANIFEST }, body };
  expect((await ask(registry, '/v2/a/manifests/s', again)).headers['oci-subject']).toBe(digest);
  registry.behaviour.referrers = false;
  const missing = await ask(registry, `/v2/a/referrers/${digest}`);
  expect(missing).toMatchObject({ status: 404, text: '404 page not found\n' });
  expect((await ask(registry, '/v2/a/manifests/s', again)).headers['oci-subject']).toBeUndefined();
});
