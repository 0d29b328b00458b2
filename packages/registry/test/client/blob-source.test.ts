import { randomBytes } from 'node:crypto';
import { openImage } from '@layers/core';
import { digestOf } from '@layers/core/digest';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { errorOfAsync } from '@layers/testing/errors';
import { runs } from '@layers/testing/random-runs';
import type { TestRegistryOptions } from '@layers/testing/registry';
import { buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, startWithClient } from '../test-client.ts';

afterEach(closeAll);

async function start(bytes: Uint8Array, options: TestRegistryOptions = {}) {
  const { registry, repository } = await startWithClient(options);
  const digest = digestOf(bytes);
  registry.storage.repository('team/app').blobs.set(digest, bytes);
  const source = repository.blobSource({ digest, size: bytes.length });
  return { registry, source, digest };
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all);
}

describe.each([
  ['by ranges', { ranges: true }],
  ['where the registry has no ranges', { ranges: false }],
  ['from a content server', { ranges: true, redirectBlobs: true }],
])('a blob is read at any position %s', (_, behaviour) => {
  test('with the bytes of a naive model', async () => {
    const bytes = randomBytes(1000);
    const { source } = await start(bytes, { behaviour });
    const number = fc.nat({ max: 1010 });
    await fc.assert(
      fc.asyncProperty(number, number, async (position, length) => {
        const target = Buffer.alloc(length);
        const expected = bytes.subarray(position, position + length);
        expect(await source.read(target, position)).toBe(expected.length);
        expect(target.subarray(0, expected.length)).toEqual(expected);
      }),
      { numRuns: runs(20, 300) },
    );
    expect(await read(source.stream(990))).toEqual(bytes.subarray(990));
    expect(await read(source.stream())).toEqual(bytes);
  });

  test('also after cuts', async () => {
    const bytes = randomBytes(300_000);
    const { registry, source } = await start(bytes, { behaviour });
    let cuts = 2;
    registry.faults = () => (cuts-- > 0 ? { kind: 'cut-response', after: { share: 0.4 } } : null);
    const target = Buffer.alloc(200_000);
    expect(await source.read(target, 50_000)).toBe(200_000);
    expect(target.equals(bytes.subarray(50_000, 250_000))).toBe(true);
  });
});

test('a read asks for its part alone', async () => {
  const { registry, source, digest } = await start(randomBytes(1000));
  await source.read(new Uint8Array(10), 500);
  await source.read(new Uint8Array(10), 995);
  await source.read(new Uint8Array(10), 0);
  expect(registry.log.records.map(({ headers }) => headers['range'])).toEqual([
    'bytes=500-509',
    'bytes=995-',
    'bytes=0-9',
  ]);
  expect([source.size, source.identity(), source.name]).toEqual([
    1000,
    digest,
    expect.stringMatching(/\/team\/app@sha256:/),
  ]);
});

test('only a stream from the start is checked against the digest', async () => {
  const bytes = randomBytes(1000);
  const { registry, source } = await start(bytes);
  registry.faults = () => ({ kind: 'wrong-byte', at: 5 });
  expect((await errorOfAsync(() => read(source.stream()))).code).toBe('ERR_LAYERS_BLOB_MISMATCH');
  expect(await source.read(new Uint8Array(100), 0)).toBe(100);
});

test('an archive that is stored as a blob is opened in place', async () => {
  const layer = buildTar([{ path: 'a', data: Buffer.from('content') }]);
  const archive = buildDockerArchive(
    { images: [{ tags: ['app:1'], layers: [layer] }] },
    { form: 'oci', compression: null },
  );
  const { source } = await start(archive);
  const image = await openImage(source);
  expect(image.tags).toEqual(['app:1']);
  const tars: Buffer[] = [];
  for (const each of image.layers) tars.push(await read(each.uncompressed()));
  expect(tars).toEqual([layer]);
});
