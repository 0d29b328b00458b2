import { Agent, createServer as createHttpServer } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, createServer } from 'node:net';
import { digestOf } from '@layers/core/digest';
import { startTestRegistry, type TestRegistryOptions } from '@layers/testing/registry';
import { describe, expect, it } from 'vitest';
import { HttpRegistryClient } from '../../src/client/http-registry-client.ts';

const USERS = { me: 'secret' };

/**
 * Starts a server in front of one without TLS, which answers the first attempt with TLS at once, and the others only after
 * the server has answered without TLS.
 */
async function startSlowRefusal(port: number) {
  let attempts = 0;
  let answered = () => {};
  const firstAnswer = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const server = createServer((client) => {
    client.on('error', () => {});
    client.once('data', async (hello) => {
      if (hello[0] === TLS_HANDSHAKE) {
        if (attempts++ > 0) await firstAnswer;
        client.end('HTTP/1.0 400 Bad Request\r\n\r\n');
        return;
      }
      const upstream = connect(port, '127.0.0.1');
      upstream.on('error', () => client.destroy());
      upstream.once('data', answered);
      upstream.write(hello);
      client.pipe(upstream).pipe(client);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { domain: `127.0.0.1:${address.port}`, attempts: () => attempts, stop: () => server.close() };
}

const TLS_HANDSHAKE = 0x16;

/** Starts a server without TLS that answers no request before several have arrived. */
async function startPatient(count: number) {
  const waiting: (() => void)[] = [];
  let requests = 0;
  const server = createHttpServer((_, response) => {
    requests++;
    waiting.push(() => response.writeHead(404).end());
    if (waiting.length === count) for (const answer of waiting.splice(0)) answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    domain: `127.0.0.1:${address.port}`,
    requests: () => requests,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Returns a client of a server on this machine, of which it is open whether it speaks TLS. */
function clientOf(domain: string) {
  const [http, https] = [new Agent({ keepAlive: true }), new HttpsAgent({ keepAlive: true })];
  const client = new HttpRegistryClient({
    hosts: () => [
      {
        domain,
        credentialsDomain: domain,
        origin: `https://${domain}`,
        httpFallback: `http://${domain}`,
        prefix: '',
        isMirror: false,
        tls: { rejectUnauthorized: true },
      },
    ],
    credentials: { find: async () => ({ kind: 'password', username: 'me', password: 'secret' }) },
    agentFor: ({ protocol }) => (protocol === 'https:' ? https : http),
    retry: { delayMs: 1 },
    idleTimeoutMs: 5000,
  });
  return {
    repository: client.repository({ domain, path: 'app' }),
    close: () => {
      for (const agent of [http, https]) agent.destroy();
    },
  };
}

/** Asks for several tags before the registry has answered once, and returns how each request ended, and how often TLS was tried. */
async function firstRequests(options: TestRegistryOptions) {
  const registry = await startTestRegistry(options);
  const front = await startSlowRefusal(Number(registry.domain.split(':')[1]));
  const { domain } = front;
  const bytes = Buffer.from('{"schemaVersion":2,"manifests":[]}');
  registry.storage.addManifest('app', '1', { mediaType: 'application/vnd.oci.image.index.v1+json', bytes });
  const { repository, close } = clientOf(domain);
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => repository.manifestDigest('1')));
  close();
  front.stop();
  await registry.stop();
  return {
    results: results.map((result) => (result.status === 'fulfilled' ? 'done' : String(result.reason))),
    attempts: front.attempts(),
  };
}

describe('several requests before the first answer', () => {
  it.each([
    ['none', { authentication: { kind: 'none' } }],
    ['basic', { authentication: { kind: 'basic', users: USERS } }],
    ['bearer', { authentication: { kind: 'bearer', users: USERS } }],
  ] as const)(
    'find out by one attempt that there is no TLS, and answer the challenge: %s',
    async (_, options) => {
      const { results, attempts } = await firstRequests(options);
      expect(results).toEqual(Array.from({ length: 6 }, () => 'done'));
      expect(attempts).toBe(1);
    },
  );

  it('do not wait for a response where the server on this machine has refused TLS', async () => {
    const count = 3;
    const server = await startPatient(count);
    const { repository, close } = clientOf(server.domain);
    const digest = digestOf(Buffer.from('blob'));
    const found = await Promise.all(Array.from({ length: count }, () => repository.hasBlob(digest)));
    close();
    server.stop();
    expect(found).toEqual([false, false, false]);
    // None was repeated after a timeout.
    expect(server.requests()).toBe(count);
  });
});
