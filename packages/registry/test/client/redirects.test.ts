import { randomBytes } from 'node:crypto';
import { digestOf } from '@layers/core/digest';
import { OCI_MANIFEST } from '@layers/core/oci';
import { createCertificates } from '@layers/testing/certificates';
import type { Fault } from '@layers/testing/registry';
import { afterEach, describe, expect, test } from 'vitest';
import type { Repository } from '../../src/client/repository.ts';
import { closeAll, startWithClient } from '../test-client.ts';

afterEach(closeAll);

const login = { kind: 'password', username: 'me', password: 'secret' } as const;
const users = { me: 'secret' };

/** Pushes a blob, and a manifest of it. */
async function push(repository: Repository, blob: Uint8Array): Promise<string> {
  const digest = digestOf(blob);
  await repository.pushBlob({
    digest,
    size: blob.length,
    async *open(position) {
      for (let at = position; at < blob.length; at += 64 * 1024) yield blob.subarray(at, at + 64 * 1024);
    },
  });
  const descriptor = { mediaType: 'application/octet-stream', digest, size: blob.length };
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: descriptor, layers: [descriptor] }),
  );
  const manifest = { bytes, mediaType: OCI_MANIFEST, digest: digestOf(bytes) };
  await repository.pushManifest('v1', manifest);
  return manifest.digest;
}

describe('requests that write', () => {
  test.each([307, 308])(
    'follow %i to another host, with their bodies and without credentials',
    async (status) => {
      const back = await startWithClient();
      const front = await startWithClient({ authentication: { kind: 'basic', users } }, { login });
      const other = back.registry.origin.replace('127.0.0.1', 'localhost');
      front.registry.faults = ({ path, headers }) =>
        headers['authorization'] === undefined
          ? null
          : { kind: 'redirect', status, location: `${other}${path}` };
      const blob = randomBytes(300_000);
      const manifest = await push(front.repository, blob);
      const stored = back.registry.storage.repository('team/app');
      expect(stored.tags.get('v1')).toBe(manifest);
      expect(stored.blobs.get(digestOf(blob))?.length).toBe(blob.length);
      const methods = back.registry.log.records.map(({ method }) => method);
      expect(methods).toEqual(['HEAD', 'POST', 'PUT', 'PUT']);
      expect(back.registry.log.credentials()).toEqual([]);
      expect(front.registry.log.credentials().length).toBeGreaterThan(0);
    },
  );

  test('keep the credentials on the same host, also where an upload continues', async () => {
    const { registry, repository } = await startWithClient(
      { authentication: { kind: 'basic', users } },
      { login },
    );
    const redirected: string[] = [];
    let cuts = 1;
    registry.faults = ({ method, path, headers }): Fault | null => {
      if (headers['authorization'] === undefined || method === 'HEAD') return null;
      if (!path.includes('again=1')) {
        redirected.push(method);
        return { kind: 'redirect', location: `${path}${path.includes('?') ? '&' : '?'}again=1` };
      }
      return method === 'PUT' && cuts-- > 0 ? { kind: 'cut-request', after: { share: 0.5 } } : null;
    };
    const blob = randomBytes(2_000_000);
    await push(repository, blob);
    expect(registry.storage.repository('team/app').blobs.has(digestOf(blob))).toBe(true);
    expect(redirected).toEqual(['POST', 'PUT', 'GET', 'PATCH', 'PUT', 'PUT']);
    expect(new Set(registry.log.credentials().map(({ value }) => value)).size).toBe(1);
  });

  test('never get the credentials back once they were on another host', async () => {
    const { registry, repository } = await startWithClient(
      { authentication: { kind: 'basic', users } },
      { login },
    );
    const evil = await startWithClient();
    evil.registry.faults = () => ({
      kind: 'redirect',
      location: `${registry.origin}/v2/team/secret/blobs/uploads/`,
    });
    registry.faults = ({ method, path, headers }) =>
      method === 'POST' && path.includes('team/app') && headers['authorization'] !== undefined
        ? { kind: 'redirect', location: `${evil.registry.origin}${path}` }
        : null;
    await expect(push(repository, randomBytes(10))).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_LAYERS_REGISTRY_/),
    });
    const sent = registry.log.credentials().filter(({ path }) => path.includes('team/secret'));
    expect(sent).toEqual([]);
  });

  test.each([301, 302, 303])('do not follow %i, which changes the method', async (status) => {
    const { registry, repository } = await startWithClient();
    registry.faults = ({ method }) =>
      method === 'HEAD' ? null : { kind: 'redirect', status, location: `${registry.origin}/other` };
    await expect(push(repository, randomBytes(10))).rejects.toMatchObject({
      code: 'ERR_LAYERS_REGISTRY_WRITE',
      message: expect.stringContaining(String(status)),
    });
    expect(registry.log.lines().filter((line) => line.includes('/other'))).toEqual([]);
  });

  test('do not follow without end', async () => {
    const { registry, repository } = await startWithClient({}, { retry: { attempts: 1, delayMs: 0 } });
    registry.faults = ({ method }) => (method === 'HEAD' ? null : { kind: 'redirect-loop' });
    await expect(push(repository, randomBytes(10))).rejects.toThrow('redirects without end');
    expect(registry.log.records.length).toBeLessThan(10);
  });

  test('do not follow from https to http', async () => {
    const { ca, server } = createCertificates();
    const plain = await startWithClient();
    const { registry, repository } = await startWithClient({ tls: server }, { ca });
    registry.faults = ({ method, path }) =>
      method === 'HEAD' ? null : { kind: 'redirect', location: `${plain.registry.origin}${path}` };
    await expect(push(repository, randomBytes(10))).rejects.toThrow('without TLS');
    expect(plain.registry.log.records).toEqual([]);
  });
});

describe('token servers', () => {
  const bearer = { kind: 'bearer', users } as const;

  test.each([301, 302, 303, 307, 308])(
    'redirect by %i to a server that the registry may name',
    async (status) => {
      const { registry, repository } = await startWithClient({ authentication: bearer }, { login });
      const target = registry.tokensOrigin.replace('127.0.0.1', 'localhost');
      registry.faults = ({ server, host, path }) =>
        server === 'tokens' && host.startsWith('127.')
          ? { kind: 'redirect', status, location: `${target}${path}` }
          : null;
      await push(repository, randomBytes(10));
      const asked = registry.log.records.filter(({ server }) => server === 'tokens');
      expect(asked.map(({ status: got }) => got)).toEqual(expect.arrayContaining([status, 200]));
    },
  );

  test.each([
    [307, true],
    [308, true],
    [302, false],
  ])('redirect the form of a refresh token by %i: %s', async (status, isFollowed) => {
    const { registry, repository } = await startWithClient(
      { authentication: { ...bearer, refreshTokens: { refresh: 'me' } } },
      { login: { kind: 'identity-token', token: 'refresh' } },
    );
    const target = registry.tokensOrigin.replace('127.0.0.1', 'localhost');
    registry.faults = ({ server, host, path }) =>
      server === 'tokens' && host.startsWith('127.')
        ? { kind: 'redirect', status, location: `${target}${path}` }
        : null;
    const pushed = push(repository, randomBytes(10));
    if (isFollowed) await pushed;
    else await expect(pushed).rejects.toMatchObject({ code: 'ERR_LAYERS_REGISTRY_AUTH' });
    const methods = registry.log.records.flatMap(({ server, method }) =>
      server === 'tokens' ? [method] : [],
    );
    expect(new Set(methods)).toEqual(new Set(['POST']));
  });

  test.each(['https://auth.example.com/token', 'http://auth.example.com/token'])(
    'are not followed to another domain: %s',
    async (location) => {
      const { registry, repository } = await startWithClient({ authentication: bearer }, { login });
      registry.faults = ({ server }) => (server === 'tokens' ? { kind: 'redirect', location } : null);
      await expect(push(repository, randomBytes(10))).rejects.toMatchObject({
        code: 'ERR_LAYERS_REGISTRY_AUTH',
        message: expect.stringMatching(
          /redirects to https?:\/\/auth\.example\.com\/token, of another domain/,
        ),
      });
    },
  );
});
