import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createRawServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type DaemonEndpoint, daemonEndpoint } from '../../src/daemon/endpoint.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'layers-engine-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Returns an address without a server. */
export function missingEngine(): DaemonEndpoint {
  return daemonEndpoint({ DOCKER_HOST: `unix://${join(folder(), 'docker.sock')}` });
}

async function listening(server: {
  listen(path: string, done: () => void): unknown;
}): Promise<DaemonEndpoint> {
  const path = join(folder(), 'docker.sock');
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return daemonEndpoint({ DOCKER_HOST: `unix://${path}` });
}

/** Starts a server on a Unix socket. It answers pings as an engine does, and passes other requests to `handle`. */
export function fakeEngine(handle: Handle, ping: Handle = answerPing): Promise<DaemonEndpoint> {
  const server: Server = createServer((request, response) => {
    // Ignores a client that disconnects.
    request.on('error', () => {});
    if (request.url?.endsWith('/_ping')) ping(request, response);
    else handle(request, response);
  });
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return listening(server);
}

/** Starts a server on a Unix socket that sends the bytes that `handle` writes. */
export function rawEngine(handle: (socket: Socket) => void): Promise<DaemonEndpoint> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    handle(socket);
  });
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listening(server);
}

function answerPing(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'Api-Version': '1.41', Ostype: 'linux' }).end('OK');
}

/** Answers with an error as Docker does. */
export function refusing(status: number, message: string): Handle {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
  };
}

/** Joins the chunks of a stream. */
export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(new Uint8Array(chunk));
  return Buffer.concat(all);
}
