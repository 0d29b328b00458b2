import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { digestOf } from '@layers/core/digest';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '@layers/core/oci';
import { afterEach, expect, test } from 'vitest';
import { fetchGraph } from '../../src/copy/image-graph.ts';
import { TestClient } from '../test-client.ts';

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0).reverse()) close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts a server, and returns its port and the credentials that it gets. */
async function serve(answer: Answer): Promise<{ readonly port: number; readonly received: string[] }> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) received.push(authorization);
    request.resume().on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, received };
}

function clientOf(port: number) {
  const login = { kind: 'password', username: 'me', password: 'secret' } as const;
  const client = new TestClient({ domain: `127.0.0.1:${port}`, login });
  opened.push(() => client.close());
  return client.repository('app');
}

const digest = digestOf(Buffer.from('blob'));

/** A server that wants a token of its own token server. */
function challenging() {
  return serve((request, response) => {
    const realm = `http://${request.headers.host}/token`;
    if (request.url?.startsWith('/token') === true) response.end('{"token":"t"}');
    else response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
  });
}

test('a content server gets no credentials for a challenge of its own', async () => {
  const content = await challenging();
  const registry = await serve((_, response) => {
    response.writeHead(307, { location: `http://localhost:${content.port}/blob` }).end();
  });
  const read = clientOf(registry.port).blob({ digest, size: 4 }).next();
  await expect(read).rejects.toMatchObject({
    code: 'ERR_LAYERS_REGISTRY_AUTH',
    message: expect.stringContaining(`localhost:${content.port} refuses access`),
  });
  expect(content.received).toEqual([]);
});

test('a server that takes uploads for a registry gets no credentials for a challenge of its own', async () => {
  const content = await challenging();
  const registry = await serve(({ method }, response) => {
    if (method === 'HEAD') response.writeHead(404).end();
    else response.writeHead(202, { location: `http://localhost:${content.port}/upload` }).end();
  });
  const pushed = clientOf(registry.port).pushBlob({
    digest,
    size: 4,
    async *open() {
      yield Buffer.from('blob');
    },
  });
  await expect(pushed).rejects.toMatchObject({ code: 'ERR_LAYERS_REGISTRY_AUTH' });
  expect(content.received).toEqual([]);
});

test('a list of millions of referrers is refused', async () => {
  const registry = await serve((_, response) => {
    response.end(`{"manifests":[${'0,'.repeat(1_000_000)}0]}`);
  });
  await expect(clientOf(registry.port).referrers(digest)).rejects.toMatchObject({
    code: 'ERR_LAYERS_REGISTRY',
    message: expect.stringContaining('more than 10000 entries'),
  });
});

test('an index that names one manifest many times is read with two requests', async () => {
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: OCI_CONFIG, digest, size: 4 },
      layers: [],
    }),
  );
  const listed = { mediaType: OCI_MANIFEST, digest: digestOf(manifest), size: manifest.length };
  const manifests = Array.from({ length: 1000 }, () => listed);
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  let requests = 0;
  const registry = await serve(({ url }, response) => {
    requests++;
    response.end(url?.endsWith('/1') === true ? index : manifest);
  });
  const reference = { domain: `127.0.0.1:${registry.port}`, path: 'app', tag: '1', digest: undefined };
  const graph = await fetchGraph(clientOf(registry.port), reference, { all: true });
  expect(graph.manifests).toHaveLength(1);
  expect(requests).toBe(2);
});

test('a page in place of a manifest is an error of the registry', async () => {
  const registry = await serve((_, response) => response.end('<html>log in</html>'));
  await expect(clientOf(registry.port).manifest('1')).rejects.toMatchObject({
    code: 'ERR_LAYERS_REGISTRY',
    message: expect.stringContaining('not valid JSON'),
  });
});

test('a layer that the repository lacks is named as missing', async () => {
  const registry = await serve((_, response) => response.writeHead(404).end());
  await expect(clientOf(registry.port).blob({ digest, size: 4 }).next()).rejects.toMatchObject({
    code: 'ERR_LAYERS_REGISTRY',
    message: expect.stringContaining(`the blob ${digest}: the repository lacks it`),
  });
});
