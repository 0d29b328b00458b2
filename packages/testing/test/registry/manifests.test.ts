import { digestOf, type TestRegistry } from '@layers/testing/registry';
import { expect, test } from 'vitest';
import { ask, codesOf, INDEX, MANIFEST, manifestOf, push, upload, useRegistries } from './registry-client.ts';

const start = useRegistries();
const put = (registry: TestRegistry, path: string, type: string, body: Uint8Array) =>
  ask(registry, path, { method: 'PUT', headers: { 'Content-Type': type }, body });

test('the check of the version answers on /v2/', async () => {
  const registry = await start({ behaviour: { warning: 'going away' } });
  const { status, headers } = await ask(registry, '/v2/');
  expect([status, headers['docker-distribution-api-version'], headers['warning']]).toEqual([
    200,
    'registry/2.0',
    '299 - "going away"',
  ]);
  expect((await ask(registry, '/v1/')).status).toBe(404);
  expect(codesOf(await ask(registry, '/v2/A/tags/list'))).toEqual(['NAME_INVALID']);
});

test('a manifest keeps its bytes and its type, by tag and by digest', async () => {
  const registry = await start();
  const digest = await push(registry, 'a/b', 'v1');
  for (const reference of ['v1', digest]) {
    const got = await ask(registry, `/v2/a/b/manifests/${reference}`);
    expect(got.headers).toMatchObject({ 'content-type': MANIFEST, 'docker-content-digest': digest });
    expect(digestOf(got.body)).toBe(digest);
    const head = await ask(registry, `/v2/a/b/manifests/${reference}`, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, text: '', headers: { 'docker-content-digest': digest } });
    expect(head.headers['content-length']).toBe(String(got.body.length));
  }
});

test('Accept must cover the type of the manifest', async () => {
  const registry = await start();
  await push(registry, 'a', 'v1');
  const statuses = ['*/*', 'application/*', `text/plain, ${MANIFEST};q=0.5`, INDEX].map(
    async (accept) => (await ask(registry, '/v2/a/manifests/v1', { headers: { Accept: accept } })).status,
  );
  expect(await Promise.all(statuses)).toEqual([200, 200, 200, 404]);
});

test('a manifest with unknown blobs, a wrong digest or a wrong type is refused', async () => {
  const registry = await start();
  const config = Buffer.from('{}');
  const manifest = manifestOf([config]);
  const missing = await put(registry, '/v2/a/manifests/v1', MANIFEST, manifest);
  expect([missing.status, codesOf(missing)]).toEqual([404, ['MANIFEST_BLOB_UNKNOWN']]);
  await upload(registry, 'a', config);
  const other = `/v2/a/manifests/${digestOf(config)}`;
  expect(codesOf(await put(registry, other, MANIFEST, manifest))).toEqual(['DIGEST_INVALID']);
  expect(codesOf(await put(registry, '/v2/a/manifests/v1', INDEX, manifest))).toEqual(['MANIFEST_INVALID']);
  expect(codesOf(await put(registry, '/v2/a/manifests/v1', MANIFEST, Buffer.from('no')))).toEqual([
    'MANIFEST_INVALID',
  ]);
  const stored = await put(registry, `/v2/a/manifests/${digestOf(manifest)}`, MANIFEST, manifest);
  expect(stored).toMatchObject({ status: 201, headers: { 'docker-content-digest': digestOf(manifest) } });
  const child = { mediaType: MANIFEST, digest: digestOf(manifest), size: manifest.length };
  const index = (digest: string) =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [{ ...child, digest }] }));
  expect((await put(registry, '/v2/a/manifests/all', INDEX, index(child.digest))).status).toBe(201);
  const orphan = await put(registry, '/v2/a/manifests/all', INDEX, index(digestOf(config)));
  expect(codesOf(orphan)).toEqual(['MANIFEST_BLOB_UNKNOWN']);
});

test('a deleted manifest takes its tags along, a deleted tag does not', async () => {
  const registry = await start();
  const digest = await push(registry, 'a', 'v1');
  await push(registry, 'a', 'v2');
  const remove = (reference: string) => ask(registry, `/v2/a/manifests/${reference}`, { method: 'DELETE' });
  registry.behaviour.tagDeletionStatus = 405;
  expect(await remove('v1')).toMatchObject({ status: 405 });
  registry.behaviour.tagDeletionStatus = 400;
  expect(await remove('v1')).toMatchObject({ status: 400 });
  registry.behaviour.tagDeletionStatus = null;
  expect((await remove('v1')).status).toBe(202);
  expect((await ask(registry, `/v2/a/manifests/${digest}`)).status).toBe(200);
  expect((await remove(digest)).status).toBe(202);
  const gone = await ask(registry, '/v2/a/manifests/v2');
  expect([gone.status, codesOf(gone)]).toEqual([404, ['MANIFEST_UNKNOWN']]);
});

test('a registry without HEAD refuses it', async () => {
  const registry = await start({ behaviour: { head: false } });
  await push(registry, 'a', 'v1');
  expect((await ask(registry, '/v2/a/manifests/v1', { method: 'HEAD' })).status).toBe(405);
  expect((await ask(registry, '/v2/a/manifests/v1')).status).toBe(200);
});
