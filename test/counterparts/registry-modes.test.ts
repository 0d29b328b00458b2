import { createCertificates } from '@layers/testing/certificates';
import {
  type DockerRegistry,
  type DockerRegistryOptions,
  startDockerRegistry,
} from '@layers/testing/docker-registry';
import { plainRequest } from '@layers/testing/plain-request';
import { afterEach, describe, expect, inject, it } from 'vitest';

const users = { alice: 'wonder:land' };
const basic = (password: string) => ({
  Authorization: `Basic ${Buffer.from(`alice:${password}`).toString('base64')}`,
});
const { ca, server, client } = createCertificates();

describe.skipIf(inject('missing').length > 0)('docker-registry, started by the tests', () => {
  let registry: DockerRegistry | null = null;
  const start = async (options: DockerRegistryOptions): Promise<string> => {
    registry = await startDockerRegistry(options);
    return `${registry.origin}/v2/`;
  };
  afterEach(() => registry?.stop());

  it('checks passwords', async () => {
    const url = await start({ users });
    const status = async (headers: Record<string, string>) => (await plainRequest(url, { headers })).status;
    expect([await status({}), await status(basic('no')), await status(basic('wonder:land'))]).toEqual([
      401, 401, 200,
    ]);
  });

  it('accepts the tokens of the token server, for their scopes', async () => {
    const url = await start({ bearer: { users, refreshTokens: { again: 'alice' } } });
    const refused = await plainRequest(`${url}a/b/blobs/uploads/`, { method: 'POST' });
    const [, realm = '', service, scope] =
      /^Bearer realm="(.*?)",service="(.*?)",scope="(.*?)"$/.exec(
        refused.headers['www-authenticate'] ?? '',
      ) ?? [];
    expect(service).toBe('registry.test');
    expect(['repository:a/b:pull,push', 'repository:a/b:push,pull']).toContain(scope);
    const token = async (query: string, headers: Record<string, string>): Promise<string> => {
      const { text } = await plainRequest(`${realm}?service=registry.test&${query}`, { headers });
      return JSON.parse(text).token;
    };
    const post = async (given: string) => {
      const headers = { Authorization: `Bearer ${given}` };
      return (await plainRequest(`${url}a/b/blobs/uploads/`, { method: 'POST', headers })).status;
    };
    expect(await post(await token(`scope=${scope}`, basic('wonder:land')))).toBe(202);
    expect(await post(await token(`scope=${scope}`, {}))).toBe(401);
    expect(await post(await token('scope=repository:a:pull,push', basic('wonder:land')))).toBe(401);
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: 'again',
      scope: scope ?? '',
    });
    const exchanged = await plainRequest(realm, { method: 'POST', body: form.toString() });
    expect(await post(JSON.parse(exchanged.text).access_token)).toBe(202);
    expect(registry?.log.lines('tokens')).toHaveLength(4);
  });

  it('serves TLS', async () => {
    const url = await start({ tls: server, client: { ca } });
    expect((await plainRequest(url, { tls: { ca } })).status).toBe(200);
    await expect(plainRequest(url)).rejects.toThrow(/certificate/);
  });

  it('requires certificates of clients', async () => {
    const url = await start({ tls: { ...server, clientCa: ca }, client: { ca, ...client } });
    expect((await plainRequest(url, { tls: { ca, ...client } })).status).toBe(200);
    await expect(plainRequest(url, { tls: { ca } })).rejects.toThrow();
  });

  it('says why it did not start', async () => {
    const tls = { cert: 'no certificate', key: server.key };
    await expect(startDockerRegistry({ tls })).rejects.toThrow(/did not start:\n.*tls/s);
  });
});
