import { createServer } from 'node:http';
import { digestOf } from '@layers/core/digest';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, parseReference } from '@layers/core/oci';
import type { RequestRecord } from '@layers/testing/registry';
import { afterEach, describe, expect, test } from 'vitest';
import { describeGraph } from '../../src/copy/graph-images.ts';
import { fetchGraph } from '../../src/copy/image-graph.ts';
import { closeAll, closeLater, startWithClient, TestClient } from '../test-client.ts';

afterEach(closeAll);

const MIB = 1024 * 1024;

/** Starts a registry with an image, some of whose responses do not end. */
async function endless(isMeant: (request: RequestRecord) => boolean) {
  const users = { me: 'secret' };
  const started = await startWithClient(
    { authentication: { kind: 'bearer', users } },
    {
      login: { kind: 'password', username: 'me', password: 'secret' },
      retry: { attempts: 2, delayMs: 0 },
      idleTimeoutMs: 200,
    },
  );
  const { storage, domain } = started.registry;
  const config = Buffer.from('{"rootfs":{"type":"layers","diff_ids":[]}}');
  storage.addBlob('team/app', config);
  const descriptor = { mediaType: OCI_CONFIG, digest: digestOf(config), size: config.length };
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: descriptor, layers: [] };
  storage.addManifest('team/app', 'v1', {
    mediaType: OCI_MANIFEST,
    bytes: Buffer.from(JSON.stringify(manifest)),
  });
  started.registry.faults = (request) => (isMeant(request) ? { kind: 'endless-body' } : null);
  return { ...started, reference: parseReference(`${domain}/team/app:v1`) };
}

async function firstOf(names: AsyncIterable<string>): Promise<void> {
  for await (const _ of names) return;
}

describe('a response without an end is given up', () => {
  test.each<[string, (request: RequestRecord) => boolean]>([
    ['a manifest', ({ path }) => path.includes('/manifests/')],
    ['a config', ({ path }) => path.includes('/blobs/')],
    ['a list of tags', ({ path }) => path.includes('/tags/')],
    ['a catalog', ({ path }) => path.includes('/_catalog')],
    ['a token', ({ server }) => server === 'tokens'],
  ])('%s', async (what, isMeant) => {
    const { client, repository, registry, reference } = await endless(isMeant);
    const before = process.memoryUsage.rss();
    const read =
      what === 'a list of tags'
        ? firstOf(repository.tags())
        : what === 'a catalog'
          ? firstOf(client.client.repositories(registry.domain))
          : fetchGraph(repository, reference).then((graph) => describeGraph(graph));
    await expect(read).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_LAYERS_(?:REGISTRY|BLOB)/),
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * MIB);
    expect(registry.log.records.length).toBeLessThan(20);
  });
});

test.each(['tags', '_catalog'])('a list that is cut is fetched again: %s', async (list) => {
  const { client, repository, registry } = await endless(() => false);
  let cuts = 1;
  registry.faults = ({ path }) =>
    path.includes(list) && cuts-- > 0 ? { kind: 'cut-response', after: { share: 0.5 } } : null;
  const names = list === 'tags' ? repository.tags() : client.client.repositories(registry.domain);
  const found: string[] = [];
  for await (const name of names) found.push(name);
  expect(found).toEqual([list === 'tags' ? 'v1' : 'team/app']);
});

test('an index of many large manifests is given up at 256 MiB', async () => {
  const size = 15 * MIB;
  const manifestOf = (i: number): Buffer => {
    const config = { mediaType: OCI_CONFIG, digest: digestOf(Buffer.from('{}')), size: 2 };
    const start = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [], i }).slice(
      0,
      -1,
    );
    return Buffer.from(`${start},"x":"`.padEnd(size - 2, 'x').concat('"}'));
  };
  const digests = Array.from({ length: 19 }, (_, i) => digestOf(manifestOf(i)));
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: digests.map((digest) => ({ mediaType: OCI_MANIFEST, digest, size })),
    }),
  );
  let asked = 0;
  const server = createServer((request, response) => {
    const i = digests.findIndex((digest) => request.url?.endsWith(digest) === true);
    if (i >= 0) asked++;
    response.setHeader('content-type', i < 0 ? OCI_INDEX : OCI_MANIFEST);
    response.end(i < 0 ? index : manifestOf(i));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closeLater(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const domain = `127.0.0.1:${address.port}`;
  const client = new TestClient({ domain });
  closeLater(() => client.close());
  const reference = parseReference(`${domain}/app:v1`);
  await expect(fetchGraph(client.repository('app'), reference, { all: true })).rejects.toMatchObject({
    code: 'ERR_LAYERS_LIMIT',
  });
  expect(asked).toBeLessThan(20);
});
