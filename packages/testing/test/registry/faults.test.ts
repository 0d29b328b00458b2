import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { digestOf, type Fault, htmlPage, type TestRegistry, tooManyRequests } from '@layers/testing/registry';
import { expect, test } from 'vitest';
import { ask, codesOf, newUpload, upload, useRegistries, withDigest } from './registry-client.ts';

const start = useRegistries();
const bytes = Buffer.from('0123456789'.repeat(1000));
const path = `/v2/a/blobs/${digestOf(bytes)}`;

/** Returns a registry with a blob, where the next request fails. */
async function failing(fault: Fault): Promise<TestRegistry> {
  const registry = await start();
  registry.storage.addBlob('a', bytes);
  failOnce(registry, fault);
  return registry;
}

function failOnce(registry: TestRegistry, fault: Fault): void {
  registry.faults = () => {
    registry.faults = null;
    return fault;
  };
}

/** Sends a request for the blob, and returns what arrives on the connection until there are enough bytes. */
function raw({ domain }: TestRegistry, enough: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(domain.split(':')[1]), '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.length >= enough) socket.destroy();
    });
    socket.on('close', () => resolve(text));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${domain}\r\n\r\n`);
  });
}

test.each([
  [123, 123],
  [{ share: 0.5 }, 5000],
  [0, 0],
])('a response is cut after %j bytes', async (after, count) => {
  const registry = await failing({ kind: 'cut-response', after });
  const got = await ask(registry, path);
  expect(got).toMatchObject({ isWhole: false, headers: { 'content-length': '10000' } });
  expect(got.body.length).toBe(count);
  expect(registry.log.records).toMatchObject([{ sentBytes: count, fault: 'cut-response' }]);
  expect(digestOf((await ask(registry, path)).body)).toBe(digestOf(bytes));
});

test('a response is reset', async () => {
  const registry = await failing({ kind: 'cut-response', after: { share: 0.5 }, reset: true });
  const got = await ask(registry, path).catch(() => null);
  expect(got?.isWhole ?? false).toBe(false);
});

test.each(['kept', 'rewound'] as const)('an upload that is cut is %s', async (cutUploads) => {
  const registry = await start({ behaviour: { cutUploads } });
  const location = await newUpload(registry, 'a');
  await ask(registry, location, { method: 'PATCH', body: bytes.subarray(0, 1000) });
  failOnce(registry, { kind: 'cut-request', after: 4000 });
  const chunk = { method: 'PATCH', body: bytes.subarray(1000) };
  await expect(ask(registry, location, chunk)).rejects.toThrow();
  const count = cutUploads === 'kept' ? 5000 : 1000;
  const { headers } = await ask(registry, location);
  expect(headers['range']).toBe(`0-${count - 1}`);
  const end = { method: 'PUT', body: bytes.subarray(count) };
  expect((await ask(registry, withDigest(location, digestOf(bytes)), end)).status).toBe(201);
  expect(registry.log.repeatedUploadBytes()).toBe(cutUploads === 'kept' ? 0 : 4000);
});

test('an upload that is cut can be lost', async () => {
  const registry = await start({ behaviour: { cutUploads: 'lost' } });
  const location = await newUpload(registry, 'a');
  failOnce(registry, { kind: 'cut-request', after: 4000 });
  await expect(ask(registry, location, { method: 'PATCH', body: bytes })).rejects.toThrow();
  expect((await ask(registry, location)).status).toBe(404);
});

test('a request with a shorter body is carried out, and its answer is lost', async () => {
  const registry = await start();
  const location = withDigest(await newUpload(registry, 'a'), digestOf(bytes));
  failOnce(registry, { kind: 'cut-request', after: { share: 1 } });
  await expect(ask(registry, location, { method: 'PUT', body: bytes })).rejects.toThrow();
  expect((await ask(registry, path, { method: 'HEAD' })).status).toBe(200);
});

test('silence lasts until the client leaves', async () => {
  const registry = await failing({ kind: 'silence' });
  const waiting = raw(registry, 1);
  await ask(registry, path);
  await registry.stop();
  expect(await waiting).toBe('');
});

test('a stalled response sends some bytes, and stays open', async () => {
  const registry = await failing({ kind: 'stall', after: 100 });
  const text = await raw(registry, 100);
  expect(text).toMatch(/Content-Length: 10000/);
  expect(registry.log.records).toMatchObject([{ fault: 'stall', status: 200 }]);
});

test('a slow response arrives whole', async () => {
  const registry = await failing({ kind: 'slow', bytes: 1000, everyMs: 1 });
  expect(digestOf((await ask(registry, path)).body)).toBe(digestOf(bytes));
});

test('Retry-After is seconds or a date', async () => {
  const registry = await failing(tooManyRequests(3));
  const first = await ask(registry, path);
  expect([first.status, first.headers['retry-after'], codesOf(first)]).toEqual([
    429,
    '3',
    ['TOOMANYREQUESTS'],
  ]);
  failOnce(registry, tooManyRequests(new Date('2030-01-02T03:04:05Z')));
  expect((await ask(registry, path)).headers['retry-after']).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
});

test('an error of a proxy is a page, and the request is not carried out', async () => {
  const registry = await failing(htmlPage(502));
  const got = await ask(registry, path, { method: 'DELETE' });
  expect(got).toMatchObject({ status: 502, headers: { 'content-type': 'text/html' } });
  expect((await ask(registry, path)).status).toBe(200);
});

test('a length can be too large or too small', async () => {
  const registry = await failing({ kind: 'content-length', add: 5 });
  expect(await ask(registry, path)).toMatchObject({ isWhole: false, headers: { 'content-length': '10005' } });
  failOnce(registry, { kind: 'content-length', add: -5 });
  const got = await raw(registry, 20_000);
  expect(got).toMatch(/Content-Length: 9995/);
  expect(got.endsWith(bytes.toString())).toBe(true);
});

test('one byte can be wrong, or the declared digest', async () => {
  const registry = await failing({ kind: 'wrong-byte', at: { share: 0.5 } });
  const got = await ask(registry, path);
  expect(got.body.length).toBe(bytes.length);
  expect([...got.body].filter((byte, i) => byte !== bytes[i])).toHaveLength(1);
  failOnce(registry, { kind: 'wrong-digest' });
  const other = await ask(registry, path);
  expect(digestOf(other.body)).toBe(digestOf(bytes));
  expect(other.headers['docker-content-digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(other.headers['docker-content-digest']).not.toBe(digestOf(bytes));
});

test('a body, and answers before an answer, can be endless', async () => {
  const registry = await failing({ kind: 'endless-body' });
  expect((await raw(registry, 100_000)).length).toBeGreaterThan(50_000);
  failOnce(registry, { kind: 'endless-informational' });
  expect(await raw(registry, 1000)).toMatch(/^(HTTP\/1\.1 102 Processing\r\n\r\n)+/);
});

test('an answer that is not HTTP is an error', async () => {
  const registry = await failing({ kind: 'garbage' });
  await expect(ask(registry, path)).rejects.toThrow(/Parse Error/);
});

test('redirects can lead anywhere', async () => {
  const registry = await failing({ kind: 'redirect-loop' });
  expect(await ask(registry, path)).toMatchObject({ status: 307, headers: { location: path } });
  failOnce(registry, { kind: 'redirect', location: 'http://example.com/x' });
  expect((await ask(registry, path)).headers['location']).toBe('http://example.com/x');
});

test('a blob can be compressed on its way', async () => {
  const registry = await failing({ kind: 'gzip' });
  const got = await ask(registry, path);
  expect(got.headers['content-encoding']).toBe('gzip');
  expect(digestOf(gunzipSync(got.body))).toBe(digestOf(bytes));
});

test('the registry goes on after a fault of an upload', async () => {
  const registry = await start();
  failOnce(registry, { kind: 'status', status: 503, headers: { 'Retry-After': '1' } });
  const refused = await ask(registry, '/v2/a/blobs/uploads/', { method: 'POST' });
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(await upload(registry, 'a', bytes)).toBe(digestOf(bytes));
});
