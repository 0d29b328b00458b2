import { randomBytes } from 'node:crypto';
import { type Digest, digestOf } from '@layers/core/digest';
import { startTestRegistry, type TestRegistryOptions } from '@layers/testing/registry';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, closeLater, startWithClient, TestClient, type TestClientOptions } from '../test-client.ts';

afterEach(closeAll);

async function start(options: TestRegistryOptions = {}, clientOptions: Partial<TestClientOptions> = {}) {
  const { registry, repository } = await startWithClient(options, clientOptions);
  const stored = registry.storage.repository('team/app');
  return {
    registry,
    repository,
    /** Stores a blob, and returns its descriptor. */
    blob(bytes: Uint8Array) {
      const digest = digestOf(bytes);
      stored.blobs.set(digest, bytes);
      return { digest, size: bytes.length };
    },
  };
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe('a blob', () => {
  test.each([
    ['by a range', { ranges: true }],
    ['by skipping the start where the registry has no ranges', { ranges: false }],
  ])('continues after a cut %s', async (_, behaviour) => {
    const { registry, repository, blob } = await start({ behaviour });
    const bytes = randomBytes(300_000);
    const descriptor = blob(bytes);
    let cuts = 2;
    registry.faults = () => (cuts-- > 0 ? { kind: 'cut-response', after: { share: 0.4 } } : null);
    expect(Buffer.compare(await read(repository.blob(descriptor)), bytes)).toBe(0);
    const ranges = registry.log.records.map(({ headers }) => headers['range']);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    for (const range of ranges.slice(1)) expect(range).toMatch(/^bytes=\d+-$/);
  });

  test('is never sent to a content server with the token of the registry', async () => {
    const { registry, repository, blob } = await start(
      { behaviour: { redirectBlobs: true }, authentication: { kind: 'bearer', users: { me: 'pw' } } },
      { login: { kind: 'password', username: 'me', password: 'pw' } },
    );
    const descriptor = blob(randomBytes(1000));
    expect(await read(repository.blob(descriptor))).toHaveLength(1000);
    expect(registry.log.credentials().map(({ server }) => server)).not.toContain('blobs');
    expect(registry.log.records.some(({ server }) => server === 'blobs')).toBe(true);
  });

  test('with another digest is refused after the last byte', async () => {
    const { registry, repository, blob } = await start();
    const descriptor = blob(randomBytes(1000));
    registry.faults = () => ({ kind: 'wrong-byte', at: 500 });
    await expect(read(repository.blob(descriptor))).rejects.toMatchObject({
      code: 'ERR_LAYERS_BLOB_MISMATCH',
    });
  });

  test('without an end is refused at the first byte too many', async () => {
    const { registry, repository, blob } = await start();
    const descriptor = blob(randomBytes(1000));
    registry.faults = () => ({ kind: 'endless-body' });
    await expect(read(repository.blob(descriptor))).rejects.toMatchObject({
      code: 'ERR_LAYERS_BLOB_MISMATCH',
    });
    expect(registry.log.records).toHaveLength(1);
  });

  test('of a silent or slow server is given up', async () => {
    const { registry, repository, blob } = await start(
      {},
      { idleTimeoutMs: 30, retry: { attempts: 2, delayMs: 0 } },
    );
    const descriptor = blob(randomBytes(10_000));
    for (const fault of [
      { kind: 'silence' },
      { kind: 'stall', after: 2000 },
      { kind: 'slow', bytes: 1, everyMs: 2 },
      { kind: 'endless-informational' },
    ] as const) {
      registry.faults = () => fault;
      await expect(read(repository.blob(descriptor))).rejects.toMatchObject({ code: 'ERR_LAYERS_REGISTRY' });
    }
  });

  test.each([
    ['garbage', { kind: 'garbage' }],
    ['redirects without end', { kind: 'redirect-loop' }],
    ['a redirect to a file', { kind: 'redirect', location: 'file:///etc/passwd' }],
    ['a compressed body', { kind: 'gzip' }],
  ] as const)('with %s is an error', async (_, fault) => {
    const { registry, repository, blob } = await start({}, { retry: { attempts: 2, delayMs: 0 } });
    const descriptor = blob(Buffer.alloc(1000, 'a'));
    registry.faults = () => fault;
    await expect(read(repository.blob(descriptor))).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_LAYERS_(?:REGISTRY|BLOB_MISMATCH)$/),
    });
  });

  test('of another size than the manifest states is refused, after two attempts', async () => {
    const { registry, repository, blob } = await start();
    const { digest } = blob(randomBytes(1000));
    for (const size of [0, 999, 1001]) {
      registry.log.clear();
      await expect(read(repository.blob({ digest, size }))).rejects.toMatchObject({
        code: 'ERR_LAYERS_BLOB_MISMATCH',
      });
      expect(registry.log.records.length).toBeLessThan(3);
    }
  });

  test('stops with the signal in the middle', async () => {
    const stopped = new AbortController();
    const { repository, blob } = await start({}, { signal: stopped.signal });
    const descriptor = blob(randomBytes(5_000_000));
    const reading = (async () => {
      for await (const _ of repository.blob(descriptor)) stopped.abort(new Error('stopped by the user'));
    })();
    await expect(reading).rejects.toThrow('stopped by the user');
  });
});

describe('a manifest', () => {
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] }),
  );

  async function pushed(options: TestRegistryOptions = {}, clientOptions: Partial<TestClientOptions> = {}) {
    const started = await start(options, clientOptions);
    const digest = digestOf(manifest);
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    await started.repository.pushManifest('v1', { bytes: manifest, digest, mediaType });
    started.registry.log.clear();
    return { ...started, digest };
  }

  test('is fetched with its exact bytes, by tag and by digest', async () => {
    const { repository, digest } = await pushed();
    for (const reference of ['v1', digest]) {
      const fetched = await repository.manifest(reference);
      expect(Buffer.from(fetched.bytes).equals(manifest)).toBe(true);
      expect(fetched).toMatchObject({ digest, mediaType: 'application/vnd.oci.image.index.v1+json' });
    }
  });

  test.each([{ kind: 'wrong-byte', at: 5 } as const, { kind: 'wrong-digest' } as const])(
    'with another digest than it should have is refused: %o',
    async (fault) => {
      const { registry, repository } = await pushed();
      registry.faults = () => fault;
      await expect(repository.manifest('v1')).rejects.toMatchObject({ code: 'ERR_LAYERS_BLOB_MISMATCH' });
    },
  );

  test('that does not exist is not found, and neither is one of an invalid tag', async () => {
    const { repository } = await pushed();
    await expect(repository.manifest('v2')).rejects.toMatchObject({ code: 'ERR_LAYERS_IMAGE_NOT_FOUND' });
    await expect(repository.manifest('../x')).rejects.toMatchObject({ code: 'ERR_LAYERS_REFERENCE' });
    expect(await repository.findManifest('v2')).toBeNull();
  });

  test.each([true, false])(
    'has a digest without being fetched, where HEAD is supported: %s',
    async (head) => {
      const { registry, repository, digest } = await pushed({ behaviour: { head } });
      expect(await repository.manifestDigest('v1')).toBe(digest);
      expect(registry.log.lines().map((line) => line.split(' ')[0])).toEqual(
        head ? ['HEAD'] : ['HEAD', 'GET'],
      );
    },
  );

  test('is asked for again after an overload, and after the time that the registry names', async () => {
    const { registry, repository, digest } = await pushed();
    let failures = 3;
    registry.faults = () =>
      failures-- > 0 ? { kind: 'status', status: 429, headers: { 'Retry-After': '0' } } : null;
    expect((await repository.manifest('v1')).digest).toBe(digest);
    expect(registry.log.records).toHaveLength(4);
  });

  test('of an overloaded registry ends with the message of the registry', async () => {
    const { registry, repository } = await pushed({}, { retry: { attempts: 3, delayMs: 0 } });
    registry.faults = () => ({
      kind: 'status',
      status: 429,
      body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"rate limit of the free plan"}]}',
    });
    await expect(repository.manifest('v1')).rejects.toMatchObject({
      code: 'ERR_LAYERS_REGISTRY',
      message: expect.stringContaining('rate limit of the free plan'),
    });
    expect(registry.log.records).toHaveLength(3);
  });
});

describe('a mirror', () => {
  test('is read first, and left out where it lacks the image', async () => {
    const mirror = await startTestRegistry();
    const registry = await startTestRegistry();
    closeLater(() => mirror.stop());
    closeLater(() => registry.stop());
    const bytes = randomBytes(100);
    const digest: Digest = digestOf(bytes);
    registry.storage.repository('team/app').blobs.set(digest, bytes);
    const tls = { rejectUnauthorized: true };
    const server = { httpFallback: null, tls, domain: registry.domain };
    const client = new TestClient({
      domain: registry.domain,
      hosts: () => [
        { ...server, credentialsDomain: mirror.domain, origin: mirror.origin, prefix: 'hub', isMirror: true },
        {
          ...server,
          credentialsDomain: registry.domain,
          origin: registry.origin,
          prefix: '',
          isMirror: false,
        },
      ],
    });
    closeLater(() => client.close());
    const read1 = await read(client.repository('team/app').blob({ digest, size: 100 }));
    expect(read1.equals(bytes)).toBe(true);
    expect(mirror.log.lines()).toEqual([`GET /v2/hub/team/app/blobs/${digest} 404`]);
    mirror.storage.repository('hub/team/app').blobs.set(digest, bytes);
    registry.log.clear();
    await read(client.repository('team/app').blob({ digest, size: 100 }));
    expect(registry.log.records).toHaveLength(0);
  });
});
