import { digestOf, type RequestRecord, randomFaults } from '@layers/testing/registry';
import { expect, test } from 'vitest';
import { ask, newUpload, upload, useRegistries, withDigest } from './registry-client.ts';

const start = useRegistries();
const bytes = Buffer.from('0123456789');
const digest = digestOf(bytes);

test('parts of a blob count as one pull, and repeated bytes are counted', async () => {
  const registry = await start();
  registry.storage.addBlob('a', bytes);
  const get = (range?: string) =>
    ask(registry, `/v2/a/blobs/${digest}`, { headers: range === undefined ? {} : { Range: range } });
  await get('bytes=0-5');
  expect(registry.log.pulls().get(digest)).toEqual({ times: 0, bytes: 6, repeatedBytes: 0 });
  await get('bytes=4-');
  expect(registry.log.pulls().get(digest)).toEqual({ times: 1, bytes: 12, repeatedBytes: 2 });
  await get();
  expect(registry.log.pulls().get(digest)).toEqual({ times: 2, bytes: 22, repeatedBytes: 12 });
});

test('pulls from the host of blobs count, redirects do not', async () => {
  const registry = await start({ behaviour: { redirectBlobs: true } });
  registry.storage.addBlob('a', bytes);
  const { headers } = await ask(registry, `/v2/a/blobs/${digest}`);
  expect(registry.log.pulls().size).toBe(0);
  await ask(registry, headers['location'] ?? '');
  expect(registry.log.pulls().get(digest)).toMatchObject({ times: 1 });
  expect(registry.log.lines('blobs')).toEqual([
    `GET ${headers['location']?.replace(/^http:..[^/]+/, '')} 200`,
  ]);
});

test('pushes count completed uploads, and the bytes of others are repeated', async () => {
  const registry = await start();
  const lost = await newUpload(registry, 'a');
  await ask(registry, lost, { method: 'PATCH', body: '012' });
  expect(registry.log.pushes().size).toBe(0);
  await upload(registry, 'a', bytes);
  expect(registry.log.pushes()).toEqual(new Map([[digest, { times: 1, bytes: 10, repeatedBytes: 0 }]]));
  expect(registry.log.repeatedUploadBytes()).toBe(3);
  await upload(registry, 'a', bytes);
  expect(registry.log.pushes().get(digest)).toEqual({ times: 2, bytes: 20, repeatedBytes: 10 });
});

test('bytes of refused requests are counted', async () => {
  const registry = await start();
  const location = withDigest(await newUpload(registry, 'a'), digest);
  registry.faults = () => ({ kind: 'status', status: 500 });
  await ask(registry, location, { method: 'PUT', body: bytes });
  registry.faults = null;
  await ask(registry, location, { method: 'PUT', body: bytes });
  expect(registry.log.records.map(({ receivedBytes, status }) => [status, receivedBytes])).toEqual([
    [202, 0],
    [500, 10],
    [201, 10],
  ]);
  expect(registry.log.repeatedUploadBytes()).toBe(10);
});

test('credentials are listed with the hosts that got them, and secrets are found in any form', async () => {
  const registry = await start();
  const secret = 'open:sesame';
  const encoded = Buffer.from(`user:${secret}`).toString('base64');
  await ask(registry, '/v2/', { headers: { Authorization: `Basic ${encoded}` } });
  await ask(registry, `/v2/?x=${encodeURIComponent(secret)}`);
  await ask(registry, '/v2/', { headers: { 'X-Other': `a=${secret}` } });
  await ask(registry, '/v2/');
  expect(registry.log.credentials()).toEqual([
    {
      server: 'registry',
      host: registry.domain,
      path: '/v2/',
      header: 'authorization',
      value: `Basic ${encoded}`,
    },
  ]);
  expect(registry.log.mentions(secret)).toEqual(registry.log.records.slice(0, 3));
  registry.log.clear();
  expect(registry.log.records).toEqual([]);
});

test('random faults are the same for the same seed, and end after a few in a row', () => {
  const kinds = (seed: number, share: number) => {
    const plan = randomFaults({ seed, share, inARow: 3 });
    return Array.from({ length: 200 }, (_, i) => plan(recordOf(`/v2/?n=${i}`))?.kind ?? null);
  };
  expect(kinds(1, 0.5)).toEqual(kinds(1, 0.5));
  expect(kinds(1, 0.5)).not.toEqual(kinds(2, 0.5));
  expect(new Set(kinds(3, 0.9)).size).toBeGreaterThan(5);
  expect(kinds(3, 1).map((kind) => kind === null)).toEqual(
    Array.from({ length: 200 }, (_, i) => i % 4 === 3),
  );
  expect(kinds(4, 0).every((kind) => kind === null)).toBe(true);
});

function recordOf(path: string): RequestRecord {
  return {
    server: 'registry',
    host: 'x',
    method: 'GET',
    path,
    headers: {},
    receivedBytes: 0,
    status: null,
    sentBytes: 0,
    fault: null,
    blob: null,
    upload: null,
    completed: null,
  };
}
