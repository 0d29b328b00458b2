import { randomBytes } from 'node:crypto';
import { digestOf } from '@layers/core/digest';
import { afterEach, expect, test } from 'vitest';
import type { Repository } from '../../src/client/repository.ts';
import { closeAll, startWithClient } from '../test-client.ts';

afterEach(closeAll);

function push(repository: Repository, bytes: Uint8Array, mountFrom: readonly string[] = []) {
  return repository.pushBlob({
    digest: digestOf(bytes),
    size: bytes.length,
    mountFrom,
    async *open(position) {
      for (let at = position; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
    },
  });
}

test('a blob is sent once, and not at all where the repository has it', async () => {
  const { registry, repository } = await startWithClient();
  const bytes = randomBytes(200_000);
  expect(await push(repository, bytes)).toBe('uploaded');
  expect(await push(repository, bytes)).toBe('exists');
  expect(registry.log.lines().map((line) => line.split(' ')[0])).toEqual(['HEAD', 'POST', 'PUT', 'HEAD']);
  expect(registry.log.pushes().get(digestOf(bytes))).toEqual({ times: 1, bytes: 200_000, repeatedBytes: 0 });
});

test('an empty blob is pushed too', async () => {
  const { registry, repository } = await startWithClient();
  expect(await push(repository, new Uint8Array())).toBe('uploaded');
  expect(registry.storage.repository('team/app').blobs.has(digestOf(''))).toBe(true);
});

test('a blob of another repository is mounted, and sent where the registry does not mount', async () => {
  const bytes = randomBytes(1000);
  for (const mounts of [true, false]) {
    const { registry, client, repository } = await startWithClient({ behaviour: { mounts } });
    await push(client.repository('base/image'), bytes);
    registry.log.clear();
    expect(await push(repository, bytes, ['base/image'])).toBe(mounts ? 'mounted' : 'uploaded');
    const posts = registry.log.lines().filter((line) => line.startsWith('POST'));
    // The registry that does not mount starts an upload, which is used.
    expect(posts).toHaveLength(1);
  }
});

test('a mount asks for the scopes of both repositories', async () => {
  const { registry, client, repository } = await startWithClient(
    { authentication: { kind: 'bearer', users: { me: 'pw' } } },
    { login: { kind: 'password', username: 'me', password: 'pw' } },
  );
  const bytes = randomBytes(1000);
  await push(client.repository('base/image'), bytes);
  expect(await push(repository, bytes, ['base/image'])).toBe('mounted');
  const scopes = registry.log
    .lines('tokens')
    .map((line) => new URL(line.split(' ')[1] ?? '', 'http://x').searchParams);
  expect(scopes.at(-1)?.getAll('scope')).toEqual([
    'repository:team/app:pull,push',
    'repository:base/image:pull',
  ]);
});

test.each([
  ['where the registry says that it stopped', {}, 1],
  ['with relative addresses', { location: 'relative' as const }, 1],
  ['where only the last address counts', { uploadLocations: 'latest' as const }, 1],
  ['from the start where the registry cannot say', { uploadStatus: false }, 2],
  ['from the start where the registry dropped it', { cutUploads: 'lost' as const }, 2],
  ['where the registry takes chunks out of order', { outOfOrderChunks: 'append' as const }, 1],
])('an upload that is cut goes on %s', async (_, behaviour, uploads) => {
  const { registry, repository } = await startWithClient({ behaviour });
  const bytes = randomBytes(600_000);
  let isCut = false;
  registry.faults = ({ method }) => {
    if (method !== 'PUT' || isCut) return null;
    isCut = true;
    return { kind: 'cut-request', after: 300_000 };
  };
  expect(await push(repository, bytes)).toBe('uploaded');
  const stored = registry.storage.repository('team/app').blobs.get(digestOf(bytes));
  expect(Buffer.compare(stored ?? Buffer.alloc(0), bytes)).toBe(0);
  expect(registry.log.lines().filter((line) => line.startsWith('POST'))).toHaveLength(uploads);
});

test('a registry that always loses the upload is given up', async () => {
  const { registry, repository } = await startWithClient({ behaviour: { cutUploads: 'lost' } });
  registry.faults = ({ method }) =>
    method === 'PUT' ? { kind: 'cut-request', after: { share: 0.5 } } : null;
  await expect(push(repository, randomBytes(1000))).rejects.toMatchObject({
    code: 'ERR_LAYERS_REGISTRY_WRITE',
  });
  expect(registry.log.lines().filter((line) => line.startsWith('POST')).length).toBeLessThan(13);
});

test('a blob whose last response is lost is not sent again', async () => {
  const { registry, repository } = await startWithClient();
  let isLost = false;
  registry.faults = ({ method }) => {
    if (method !== 'PUT' || isLost) return null;
    isLost = true;
    // After the whole body: the blob is stored, and the client does not know.
    return { kind: 'cut-request', after: { share: 1 } };
  };
  const bytes = randomBytes(100_000);
  expect(await push(repository, bytes)).toBe('uploaded');
  expect(registry.log.lines().filter((line) => line.startsWith('PUT'))).toHaveLength(1);
});

test('a token that expires in the middle is renewed', async () => {
  const { registry, repository } = await startWithClient(
    { authentication: { kind: 'bearer', users: { me: 'pw' }, requestsPerToken: 2 } },
    { login: { kind: 'password', username: 'me', password: 'pw' } },
  );
  for (let i = 0; i < 3; i++) expect(await push(repository, randomBytes(50_000))).toBe('uploaded');
  expect(registry.log.lines('tokens').length).toBeGreaterThan(3);
});

test('wrong credentials end with the message of the registry, without the password', async () => {
  const { registry, repository } = await startWithClient(
    { authentication: { kind: 'bearer', users: { me: 'pw' } } },
    { login: { kind: 'password', username: 'me', password: 'wrong password' } },
  );
  const error = await push(repository, randomBytes(10)).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'ERR_LAYERS_REGISTRY_AUTH' });
  expect(String(error)).not.toContain('wrong password');
  expect(registry.log.lines('tokens').length).toBeLessThan(3);
});

test('Basic credentials are sent after the challenge, and only then', async () => {
  const { registry, repository } = await startWithClient(
    { authentication: { kind: 'basic', users: { me: 'pw' } } },
    { login: { kind: 'password', username: 'me', password: 'pw' } },
  );
  expect(await push(repository, randomBytes(10))).toBe('uploaded');
  const sent = registry.log.records.map(({ headers }) => headers['authorization'] !== undefined);
  expect(sent[0]).toBe(false);
  expect(sent.slice(1).every(Boolean)).toBe(true);
});

test('credentials are not sent to a token server of another domain', async () => {
  const { registry, repository } = await startWithClient(
    { authentication: { kind: 'bearer', users: { me: 'pw' }, realm: 'http://tokens.example.com/token' } },
    { login: { kind: 'password', username: 'me', password: 'pw' } },
  );
  await expect(push(repository, randomBytes(10))).rejects.toMatchObject({
    code: 'ERR_LAYERS_REGISTRY_AUTH',
    message: expect.stringContaining('http://tokens.example.com/token'),
  });
  expect(registry.log.credentials()).toEqual([]);
});

test('a refused upload is an error of the output', async () => {
  const { registry, repository } = await startWithClient();
  registry.faults = ({ method }) =>
    method === 'PUT' ? { kind: 'status', status: 413, body: '<html>too large</html>' } : null;
  await expect(push(repository, randomBytes(100))).rejects.toMatchObject({
    code: 'ERR_LAYERS_REGISTRY_WRITE',
    hint: expect.stringContaining('size'),
  });
});

test('a source that fails ends the upload with its own error, without another attempt', async () => {
  const { registry, repository } = await startWithClient();
  const pushing = repository.pushBlob({
    digest: digestOf('x'),
    size: 100_000,
    async *open() {
      yield new Uint8Array(1000);
      throw new Error('the disk is gone');
    },
  });
  await expect(pushing).rejects.toThrow('the disk is gone');
  expect(registry.log.lines().filter((line) => line.startsWith('PUT')).length).toBeLessThan(2);
});
