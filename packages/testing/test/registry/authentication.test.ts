import type { TestRegistry } from '@layers/testing/registry';
import { expect, test } from 'vitest';
import { ask, push, upload, useRegistries } from './registry-client.ts';

const start = useRegistries();
const users = { alice: 'wonder:land' };
const basic = (user: string, password: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const alice = basic('alice', 'wonder:land');

interface TokenAnswer {
  token?: string;
  access_token?: string;
  expires_in?: number;
  refresh_token?: string;
}

async function token(registry: TestRegistry, query: string, headers = {}): Promise<TokenAnswer> {
  const { status, text } = await ask(registry, `${registry.tokensOrigin}/token?${query}`, { headers });
  expect(status).toBe(200);
  return JSON.parse(text);
}

async function bearer(registry: TestRegistry, scopes: readonly string[], headers = alice) {
  const query = scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join('&');
  return { Authorization: `Bearer ${(await token(registry, query, headers)).token}` };
}

test('Basic credentials are asked for and checked', async () => {
  const registry = await start({ authentication: { kind: 'basic', users } });
  const refused = await ask(registry, '/v2/');
  expect(refused).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': expect.stringMatching(/^Basic /) },
  });
  expect((await ask(registry, '/v2/', { headers: alice })).status).toBe(200);
  expect((await ask(registry, '/v2/', { headers: basic('alice', 'no') })).status).toBe(401);
});

test('a challenge names the token server and the scope', async () => {
  const registry = await start({ authentication: { kind: 'bearer', users } });
  const challenge = async (method: string, path: string) =>
    (await ask(registry, path, { method })).headers['www-authenticate'];
  const realm = `Bearer realm="${registry.tokensOrigin}/token",service="registry.test"`;
  expect(await challenge('GET', '/v2/')).toBe(realm);
  expect(await challenge('GET', '/v2/a/b/tags/list')).toBe(`${realm},scope="repository:a/b:pull"`);
  expect(await challenge('DELETE', '/v2/a/manifests/x')).toBe(`${realm},scope="repository:a:delete"`);
  expect(await challenge('GET', '/v2/_catalog')).toBe(`${realm},scope="registry:catalog:*"`);
  expect(await challenge('POST', '/v2/a/blobs/uploads/?mount=sha256:0&from=b')).toBe(
    `${realm},scope="repository:a:pull,push repository:b:pull"`,
  );
});

test('a token allows what it was issued for, and nothing else', async () => {
  const registry = await start();
  await push(registry, 'a', 'v1');
  const digest = await upload(registry, 'b', Buffer.from('b'));
  const guarded = await start({ authentication: { kind: 'bearer', users } });
  for (const [name, repository] of registry.storage.repositories) {
    guarded.storage.repositories.set(name, repository);
  }
  const pull = await bearer(guarded, ['repository:a:pull'], {});
  expect((await ask(guarded, '/v2/a/manifests/v1', { headers: pull })).status).toBe(200);
  const elsewhere = await ask(guarded, '/v2/b/tags/list', { headers: pull });
  expect(elsewhere.headers['www-authenticate']).toMatch(/error="insufficient_scope"$/);
  const anonymous = await bearer(guarded, ['repository:a:pull,push'], {});
  const post = (headers: Record<string, string>, query = '') =>
    ask(guarded, `/v2/a/blobs/uploads/${query}`, { method: 'POST', headers });
  expect((await post(anonymous)).status).toBe(401);
  const one = await bearer(guarded, ['repository:a:pull,push']);
  expect((await post(one)).status).toBe(202);
  const mount = `?mount=${digest}&from=b`;
  expect((await post(one, mount)).status).toBe(401);
  const both = await bearer(guarded, ['repository:a:pull,push', 'repository:b:pull']);
  expect((await post(both, mount)).status).toBe(201);
});

test('rights decide what a user may do', async () => {
  const registry = await start({
    authentication: {
      kind: 'bearer',
      users,
      rights: (user, { name }) => (name === `home/${user}` ? ['push'] : []),
    },
  });
  const post = async (name: string) => {
    const headers = await bearer(registry, [`repository:${name}:push`]);
    return (await ask(registry, `/v2/${name}/blobs/uploads/`, { method: 'POST', headers })).headers[
      'www-authenticate'
    ];
  };
  expect(await post('home/alice')).toMatch(/error="insufficient_scope"/);
  expect(await post('other')).toMatch(/error="insufficient_scope"/);
});

test('tokens expire on command, and after a number of requests', async () => {
  const registry = await start({ authentication: { kind: 'bearer', users, requestsPerToken: 2 } });
  const status = async (headers: Record<string, string>) => (await ask(registry, '/v2/', { headers })).status;
  const first = await bearer(registry, []);
  expect([await status(first), await status(first), await status(first)]).toEqual([200, 200, 401]);
  const second = await bearer(registry, []);
  registry.tokens.expireAll();
  const expired = await ask(registry, '/v2/', { headers: second });
  expect(expired.headers['www-authenticate']).toMatch(/error="invalid_token"$/);
  const third = await bearer(registry, []);
  registry.faults = ({ server }) => (server === 'registry' ? { kind: 'expired-token' } : null);
  expect(await status(third)).toBe(401);
});

test('the token is in the field and has the lifetime that the options say', async () => {
  const usual = await start({ authentication: { kind: 'bearer', users } });
  expect(await token(usual, '')).toMatchObject({ token: expect.any(String), expires_in: 300 });
  const other = await start({
    authentication: { kind: 'bearer', users, tokenField: 'access_token', expiresIn: null },
  });
  const answer = await token(other, '');
  expect(Object.keys(answer)).toEqual(['access_token', 'issued_at']);
  const wrong = await ask(usual, `${usual.tokensOrigin}/token`, { headers: basic('alice', 'no') });
  expect(wrong.status).toBe(401);
});

test('a refresh token is given to those who ask, and exchanged for access tokens', async () => {
  const registry = await start({
    authentication: { kind: 'bearer', users, refreshTokens: { 'refresh-me': 'alice' } },
  });
  expect((await token(registry, 'offline_token=true', alice)).refresh_token).toBe('refresh-me');
  expect((await token(registry, '', alice)).refresh_token).toBeUndefined();
  const post = (form: Record<string, string>) =>
    ask(registry, `${registry.tokensOrigin}/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        service: 'registry.test',
        scope: 'repository:a:push,pull',
        ...form,
      }).toString(),
    });
  const exchanged = await post({ grant_type: 'refresh_token', refresh_token: 'refresh-me' });
  const { access_token: access }: TokenAnswer = JSON.parse(exchanged.text);
  const headers = { Authorization: `Bearer ${access}` };
  expect((await ask(registry, '/v2/a/blobs/uploads/', { method: 'POST', headers })).status).toBe(202);
  expect((await post({ grant_type: 'refresh_token', refresh_token: 'other' })).status).toBe(401);
  const form = { grant_type: 'password', username: 'alice', password: 'wonder:land' };
  expect((await post(form)).status).toBe(200);
  expect((await post({ ...form, password: 'no' })).status).toBe(401);
  expect(registry.log.credentials().map(({ server, header }) => `${server} ${header}`)).toContain(
    'tokens body',
  );
});
