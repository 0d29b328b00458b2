import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  request as requestHttp,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer, request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import nodeTls, { TLSSocket } from 'node:tls';
import { errorOfAsync } from '@layers/testing/errors';
import { needsThat } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agentFor } from '../../src/hosts/agents.ts';
import type { Environment } from '../../src/hosts/environment.ts';
import type { RegistryTls } from '../../src/hosts/registry-host.ts';
import { withDefaultAuthorities } from '../../src/hosts/trusted-certificates.ts';
import { CERTIFICATE, KEY } from './test-certificate.ts';

const scratch = useScratch();
const TRUSTING: RegistryTls = { ca: [CERTIFICATE], rejectUnauthorized: true };

/** The server knows only its own name: names such as registry.test reach it through the proxy alone. */
const secure = createHttpsServer(
  { cert: CERTIFICATE, key: KEY, ca: CERTIFICATE, requestCert: true, rejectUnauthorized: false },
  (request, response) => {
    const isKnown = request.socket instanceof TLSSocket && request.socket.authorized;
    response.end(`tls ${request.headers.host} ${isKnown ? 'known' : 'unknown'}`);
  },
);
const serverNames: unknown[] = [];
secure.on('secureConnection', (socket) => serverNames.push(Reflect.get(socket, 'servername')));
const plain = createHttpServer((request, response) => response.end(`plain ${request.headers.host}`));

/** A proxy that connects every target to one of both servers, by the port of the target. */
const proxy = createHttpServer();
const connects: { target: string | undefined; headers: IncomingMessage['headers'] }[] = [];
let refusal: string | null = null;

function handleConnect(request: IncomingMessage, client: Duplex): void {
  connects.push({ target: request.url, headers: request.headers });
  client.on('error', () => {});
  if (refusal !== null) {
    client.end(refusal);
    return;
  }
  const server = connect(portOf(request.url?.endsWith(':80') ? plain : secure), '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    server.pipe(client).pipe(server);
  });
  server.on('error', () => client.destroy());
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

beforeAll(async () => {
  proxy.on('connect', handleConnect);
  for (const server of [secure, plain, proxy]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});

afterAll(() => {
  for (const server of [secure, plain, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

beforeEach(() => {
  connects.splice(0);
  refusal = null;
});

const throughProxy = (more: Environment = {}, userinfo = ''): Environment => {
  const url = `http://${userinfo}127.0.0.1:${portOf(proxy)}`;
  return { HTTP_PROXY: url, HTTPS_PROXY: url, ...more };
};

/** Returns the body of the answer, and whether the connection was used before. */
async function get(origin: string, tls: RegistryTls, env: Environment) {
  const request = origin.startsWith('https:') ? requestHttps : requestHttp;
  const sent = request(`${origin}/v2/`, { agent: agentFor(origin, tls, env) });
  const answered = once(sent, 'response');
  sent.end();
  const [response]: IncomingMessage[] = await answered;
  if (response === undefined) throw new Error('no response');
  return { body: await text(response), reused: sent.reusedSocket };
}

describe('an agent', () => {
  it('is shared by the requests to an origin, and keeps connections open', async () => {
    const origin = `https://localhost:${portOf(secure)}`;
    const tls = { ...TRUSTING };
    expect(agentFor(origin, tls, {})).toBe(agentFor(origin, tls, {}));
    expect(agentFor(origin, tls, {})).not.toBe(agentFor(origin, { ...TRUSTING }, {}));
    expect(agentFor(origin, tls, {})).not.toBe(agentFor('https://other.test', tls, {}));
    expect(await get(origin, tls, {})).toMatchObject({ reused: false });
    expect(await get(origin, tls, {})).toMatchObject({ reused: true });
  });

  it('speaks http where the origin does', async () => {
    const origin = `http://localhost:${portOf(plain)}`;
    expect((await get(origin, TRUSTING, {})).body).toBe(`plain localhost:${portOf(plain)}`);
  });

  it('trusts only the authorities of Node and those of the registry', async () => {
    const origin = `https://localhost:${portOf(secure)}`;
    await expect(get(origin, { rejectUnauthorized: true }, {})).rejects.toThrow(/self-signed/);
    expect((await get(origin, TRUSTING, {})).body).toMatch(/^tls localhost/);
    expect((await get(origin, { rejectUnauthorized: false }, {})).body).toMatch(/^tls localhost/);
  });

  it('shows the certificate of the client', async () => {
    const origin = `https://localhost:${portOf(secure)}`;
    const tls = { ...TRUSTING, cert: CERTIFICATE, key: KEY };
    expect((await get(origin, tls, {})).body).toMatch(/ known$/);
    expect((await get(origin, { ...TRUSTING }, {})).body).toMatch(/ unknown$/);
  });
});

describe('an agent behind a proxy', () => {
  it('reaches https servers, which it checks by their own names', async () => {
    const env = throughProxy();
    const tls = { ...TRUSTING, cert: CERTIFICATE, key: KEY };
    expect(await get('https://registry.test', tls, env)).toEqual({
      body: 'tls registry.test known',
      reused: false,
    });
    expect(await get('https://registry.test', tls, env)).toMatchObject({ reused: true });
    expect(connects.map(({ target }) => target)).toEqual(['registry.test:443']);
    expect(serverNames.at(-1)).toBe('registry.test');
    await expect(get('https://other.test', { ...TRUSTING }, env)).rejects.toThrow(/altnames/i);
    await expect(get('https://registry.test:8443', { rejectUnauthorized: true }, env)).rejects.toThrow(
      /self-signed/,
    );
    const insecure = { rejectUnauthorized: false };
    expect((await get('https://[2001:db8::1]:8443', insecure, env)).body).toMatch(
      /^tls \[2001:db8::1\]:8443/,
    );
    expect(connects.at(-1)?.target).toBe('[2001:db8::1]:8443');
  });

  it('reaches http servers', async () => {
    expect((await get('http://registry.test', { ...TRUSTING }, throughProxy())).body).toBe(
      'plain registry.test',
    );
    expect(connects.map(({ target }) => target)).toEqual(['registry.test:80']);
  });

  it('sends its credentials to the proxy, and only there', async () => {
    await get('https://registry.test', { ...TRUSTING }, throughProxy({}, 'me:p%40ss@'));
    const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(connects[0]?.headers).toMatchObject({ 'proxy-authorization': authorization });
    await get('https://registry.test', { ...TRUSTING }, throughProxy());
    expect(connects[1]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('is not used for servers of NO_PROXY, and for this machine', async () => {
    const origin = `https://localhost:${portOf(secure)}`;
    expect((await get(origin, { ...TRUSTING }, throughProxy())).body).toMatch(/^tls localhost/);
    expect(connects).toEqual([]);
    const env = throughProxy({ NO_PROXY: 'registry.test' });
    const direct = agentFor('https://registry.test', TRUSTING, env);
    expect(direct).toBe(agentFor('https://registry.test', TRUSTING, {}));
  });

  it('reports a proxy that refuses, and does not take its answer for that of the server', async () => {
    const cases: readonly [string, string, string][] = [
      ['403 Forbidden', '403 Forbidden', 'NO_PROXY'],
      ['407 Proxy Authentication Required', '407 Proxy Authentication Required', 'user name'],
      ['401 X\r\nWWW-Authenticate: Basic', '401 X', 'NO_PROXY'],
      ['404 \u001b[31m', '404 \\u001b[31m', 'NO_PROXY'],
    ];
    for (const [answer, reason, hint] of cases) {
      refusal = `HTTP/1.1 ${answer}\r\nContent-Length: 0\r\n\r\n`;
      const env = throughProxy({}, 'me:hunter2@');
      const error = await errorOfAsync(() => get('https://registry.test', { ...TRUSTING }, env));
      expect(error).toMatchObject({
        code: 'ERR_LAYERS_REGISTRY',
        message: `the proxy http://127.0.0.1:${portOf(proxy)} refuses a connection to registry.test:443: ${reason}`,
        hint: expect.stringContaining(hint),
      });
      expect(JSON.stringify([error.stack, error.cause])).not.toContain('hunter2');
    }
  });

  it('reports a proxy that is not there, or that is none', async () => {
    refusal = 'SSH-2.0-OpenSSH_9.2\r\n';
    const failing = expect.objectContaining({
      code: 'ERR_LAYERS_REGISTRY',
      message: expect.stringMatching(/^the proxy http:\/\/127\.0\.0\.1:\d+ cannot be used: /),
    });
    await expect(get('https://registry.test', { ...TRUSTING }, throughProxy())).rejects.toThrow(failing);
    refusal = '';
    await expect(get('https://registry.test', { ...TRUSTING }, throughProxy())).rejects.toThrow(failing);
    const env = { HTTPS_PROXY: 'http://127.0.0.1:1' };
    await expect(get('https://registry.test', { ...TRUSTING }, env)).rejects.toThrow(failing);
  });
});

it('speaks TLS to a proxy with an https URL', async () => {
  const env = { HTTPS_PROXY: `https://localhost:${portOf(secure)}` };
  const error = await errorOfAsync(() => get('https://registry.test', { ...TRUSTING }, env));
  expect(error).toMatchObject({
    code: 'ERR_LAYERS_REGISTRY',
    // The authorities of the registry do not count for the proxy.
    message: expect.stringMatching(/^the proxy https:\/\/localhost:\d+ cannot be used: .*SELF_SIGNED/),
  });
});

describe('the authorities of Node', () => {
  it('stay trusted beside further ones', () => {
    const trusted = withDefaultAuthorities(['X'], { NODE_EXTRA_CA_CERTS: '/nonexistent' });
    expect(trusted.length).toBeGreaterThan(100);
    expect(trusted.at(-1)).toBe('X');
  });

  const isOld = !('getCACertificates' in nodeTls);
  it(
    'are those of NODE_EXTRA_CA_CERTS too',
    needsThat(isOld, 'Node reads NODE_EXTRA_CA_CERTS of its own environment'),
    () => {
      const extra = { NODE_EXTRA_CA_CERTS: scratch.file(Buffer.from(CERTIFICATE)) };
      expect(withDefaultAuthorities([], extra)).toContain(CERTIFICATE);
      const damaged = { NODE_EXTRA_CA_CERTS: scratch.file(Buffer.from('x')) };
      expect(withDefaultAuthorities([], damaged)).not.toContain('x');
    },
  );
});
