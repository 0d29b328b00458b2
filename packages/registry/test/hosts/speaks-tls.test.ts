import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { speaksTls } from '../../src/hosts/speaks-tls.ts';
import { CERTIFICATE, KEY } from './test-certificate.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function urlOf(server: Server): Promise<URL> {
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return new URL(`https://127.0.0.1:${address.port}`);
}

/** A server that waits for a line, as those written in Go do, and answers then. */
const lineServer = () =>
  createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      if (bytes.includes(0x0a)) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
  });

describe('a server on this machine', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async (version) => {
    const server = createHttpsServer({
      cert: CERTIFICATE,
      key: KEY,
      minVersion: version,
      maxVersion: version,
    });
    server.on('tlsClientError', () => {});
    expect(await speaksTls(await urlOf(server))).toBe(true);
  });

  it.each([
    ['answers in HTTP', () => createHttpServer()],
    ['answers in HTTP after a line', lineServer],
    ['closes the connection', () => createServer((socket) => socket.end())],
    [
      'resets the connection',
      () => createServer((socket) => socket.on('data', () => socket.resetAndDestroy())),
    ],
  ])('does not speak TLS if it %s', async (_, make) => {
    expect(await speaksTls(await urlOf(make()))).toBe(false);
  });

  it('may be another thing if it cannot be reached', async () => {
    const url = await urlOf(createServer());
    const closed = servers.splice(0).map(async (server) => {
      server.close();
      await once(server, 'close');
    });
    await Promise.all(closed);
    expect(await speaksTls(url)).toBeNull();
  });
});
