import { digestOf } from '@layers/testing/registry';
import { expect, test } from 'vitest';
import { ask, codesOf, newUpload, upload, useRegistries, withDigest } from './registry-client.ts';

const start = useRegistries();
const bytes = Buffer.from('0123456789');

test('a blob is sent as a whole, with its digest', async () => {
  const registry = await start();
  const digest = await upload(registry, 'a/b', bytes);
  const got = await ask(registry, `/v2/a/b/blobs/${digest}`);
  expect(got).toMatchObject({ status: 200, text: '0123456789' });
  expect(got.headers).toMatchObject({ 'docker-content-digest': digest, 'content-length': '10' });
  const head = await ask(registry, `/v2/a/b/blobs/${digest}`, { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-length': '10' } });
});

test.each([
  ['bytes=2-4', 206, 'bytes 2-4/10', '234'],
  ['bytes=7-', 206, 'bytes 7-9/10', '789'],
  ['bytes=-3', 206, 'bytes 7-9/10', '789'],
  ['bytes=0-99', 206, 'bytes 0-9/10', '0123456789'],
  ['bytes=10-', 416, 'bytes */10', null],
  ['bytes=0-1,4-5', 200, undefined, '0123456789'],
  ['lines=1-2', 200, undefined, '0123456789'],
])('Range: %s is answered with %i', async (range, status, contentRange, text) => {
  const registry = await start();
  const digest = await upload(registry, 'a', bytes);
  const got = await ask(registry, `/v2/a/blobs/${digest}`, { headers: { Range: range } });
  expect(got.status).toBe(status);
  expect(got.headers['content-range']).toBe(contentRange);
  if (text !== null) expect(got.text).toBe(text);
  registry.behaviour.ranges = false;
  const whole = await ask(registry, `/v2/a/blobs/${digest}`, { headers: { Range: range } });
  expect(whole).toMatchObject({ status: 200, text: '0123456789' });
});

test('a deleted blob, an unknown blob and a wrong digest are errors', async () => {
  const registry = await start();
  const path = `/v2/a/blobs/${await upload(registry, 'a', bytes)}`;
  expect((await ask(registry, path, { method: 'DELETE' })).status).toBe(202);
  const gone = await ask(registry, path);
  expect([gone.status, codesOf(gone)]).toEqual([404, ['BLOB_UNKNOWN']]);
  const wrong = await ask(registry, '/v2/a/blobs/sha256:12');
  expect([wrong.status, codesOf(wrong)]).toEqual([400, ['DIGEST_INVALID']]);
});

test('blobs of another host need the signature, and refuse credentials', async () => {
  const registry = await start({ behaviour: { redirectBlobs: true } });
  const digest = await upload(registry, 'a/b', bytes);
  const redirect = await ask(registry, `/v2/a/b/blobs/${digest}`);
  const location = redirect.headers['location'] ?? '';
  expect(redirect.status).toBe(307);
  expect(new URL(location).hostname).not.toBe(new URL(registry.origin).hostname);
  expect((await ask(registry, location)).text).toBe('0123456789');
  expect((await ask(registry, location, { headers: { Range: 'bytes=8-' } })).text).toBe('89');
  const headers = { Authorization: 'Bearer x' };
  expect((await ask(registry, location, { headers })).status).toBe(400);
  expect((await ask(registry, location.replace(/\?.*/, ''))).status).toBe(403);
});

test('a blob is uploaded in chunks, and the status of the upload tells its offset', async () => {
  const registry = await start();
  let location = await newUpload(registry, 'a');
  for (const [range, chunk] of [
    ['0-3', '0123'],
    ['4-9', '456789'],
  ] as const) {
    const patched = await ask(registry, location, {
      method: 'PATCH',
      headers: { 'Content-Range': range },
      body: chunk,
    });
    expect(patched).toMatchObject({ status: 202, headers: { range: `0-${range.split('-')[1]}` } });
    location = patched.headers['location'] ?? '';
    const state = await ask(registry, location);
    expect(state).toMatchObject({ status: 204, headers: { range: `0-${range.split('-')[1]}` } });
  }
  const digest = digestOf(bytes);
  const done = await ask(registry, withDigest(location, digest), { method: 'PUT' });
  expect(done).toMatchObject({
    status: 201,
    headers: { location: `${registry.origin}/v2/a/blobs/${digest}` },
  });
  expect((await ask(registry, `/v2/a/blobs/${digest}`)).text).toBe('0123456789');
  const again = await ask(registry, withDigest(location, digest), { method: 'PUT' });
  expect([again.status, codesOf(again)]).toEqual([404, ['BLOB_UPLOAD_UNKNOWN']]);
});

test('a chunk at a wrong offset is refused with the offset', async () => {
  const registry = await start();
  const location = await newUpload(registry, 'a');
  await ask(registry, location, { method: 'PATCH', body: '0123' });
  const chunk = { method: 'PATCH', headers: { 'Content-Range': '5-6' }, body: '56' };
  const refused = await ask(registry, location, chunk);
  expect(refused).toMatchObject({ status: 416, headers: { range: '0-3' } });
  expect(codesOf(refused)).toEqual(['RANGE_INVALID']);
  const short = { method: 'PATCH', headers: { 'Content-Range': '4-9' }, body: '45' };
  expect(codesOf(await ask(registry, location, short))).toEqual(['SIZE_INVALID']);
  registry.behaviour.outOfOrderChunks = 'append';
  expect(await ask(registry, location, chunk)).toMatchObject({ status: 202, headers: { range: '0-5' } });
  const done = await ask(registry, withDigest(location, digestOf(Buffer.from('0123456'))), { method: 'PUT' });
  expect([done.status, codesOf(done)]).toEqual([400, ['DIGEST_INVALID']]);
});

test('an upload that does not match its digest is lost', async () => {
  const registry = await start();
  const location = await newUpload(registry, 'a');
  const digest = digestOf(bytes);
  const wrong = await ask(registry, withDigest(location, digest), { method: 'PUT', body: 'other' });
  expect([wrong.status, codesOf(wrong)]).toEqual([400, ['DIGEST_INVALID']]);
  expect((await ask(registry, location)).status).toBe(404);
  expect((await ask(registry, `/v2/a/blobs/${digest}`)).status).toBe(404);
});

test('an upload can be one request, and can be cancelled', async () => {
  const registry = await start();
  const at = withDigest('/v2/a/blobs/uploads/', digestOf(bytes));
  expect((await ask(registry, at, { method: 'POST', body: bytes })).status).toBe(201);
  const location = await newUpload(registry, 'a');
  expect((await ask(registry, location, { method: 'DELETE' })).status).toBe(204);
  expect((await ask(registry, location)).status).toBe(404);
});

test('a mount makes a blob appear, or begins an upload', async () => {
  const registry = await start();
  const digest = await upload(registry, 'a', bytes);
  const mount = (to: string, from: string) =>
    ask(registry, `/v2/${to}/blobs/uploads/?mount=${digest}&from=${from}`, { method: 'POST' });
  expect(await mount('b', 'a')).toMatchObject({
    status: 201,
    headers: { location: `${registry.origin}/v2/b/blobs/${digest}` },
  });
  expect((await ask(registry, `/v2/b/blobs/${digest}`)).status).toBe(200);
  expect((await mount('c', 'nothing')).status).toBe(202);
  registry.behaviour.mounts = false;
  const refused = await mount('c', 'a');
  expect(refused.status).toBe(202);
  expect((await ask(registry, refused.headers['location'] ?? '')).status).toBe(204);
});

test('locations of uploads can be relative, and only the last one may count', async () => {
  const registry = await start({
    behaviour: { location: 'relative', uploadLocations: 'latest', minimumChunk: 4 },
  });
  const begun = await ask(registry, '/v2/a/blobs/uploads/', { method: 'POST' });
  expect(begun.headers['oci-chunk-min-length']).toBe('4');
  const first = begun.headers['location'] ?? '';
  expect(first).toMatch(/^\/v2\/a\/blobs\/uploads\/[^?]+\?_state=/);
  const second = (await ask(registry, first, { method: 'PATCH', body: '0123' })).headers['location'] ?? '';
  expect(codesOf(await ask(registry, first, { method: 'PATCH', body: '4567' }))).toEqual([
    'BLOB_UPLOAD_INVALID',
  ]);
  expect((await ask(registry, second.replace(/\?.*/, ''))).status).toBe(404);
  expect((await ask(registry, second)).status).toBe(204);
});

test('the status of uploads can be missing', async () => {
  const registry = await start({ behaviour: { uploadStatus: false } });
  expect((await ask(registry, await newUpload(registry, 'a'))).status).toBe(400);
});
