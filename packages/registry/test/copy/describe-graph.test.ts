import { digestOf } from '@layers/core/digest';
import { parseReference } from '@layers/core/oci';
import { pushedIndex } from '@layers/testing/registry/pushed-image';
import { afterEach, expect, test, vi } from 'vitest';
import { describeGraph } from '../../src/copy/graph-images.ts';
import { fetchGraph } from '../../src/copy/image-graph.ts';
import { closeAll, startWithClient } from '../test-client.ts';

afterEach(closeAll);

const ARCHITECTURES = ['amd64', 'arm64', 'riscv64', 's390x', 'ppc64le'];

test('configs of several platforms are fetched at once, and the images keep their order', async () => {
  const { registry, repository } = await startWithClient();
  const images = ARCHITECTURES.map((architecture) => ({
    os: 'linux',
    architecture,
    layers: [Buffer.alloc(1024)],
  }));
  const { manifests } = pushedIndex(registry.storage, 'team/app', 'v1', images);
  const reference = parseReference(`${registry.domain}/team/app:v1`);
  const graph = await fetchGraph(repository, reference, { all: true });
  const blob = repository.blob.bind(repository);
  let started = 0;
  const wait = { interval: 1, timeout: 20_000 };
  const order: string[] = [];
  vi.spyOn(repository, 'blob').mockImplementation(async function* (descriptor, options) {
    started++;
    await vi.waitUntil(() => started === ARCHITECTURES.length, wait);
    // The first one arrives last.
    if (descriptor.digest === manifests[0]?.config) await vi.waitUntil(() => order.length === 4, wait);
    order.push(descriptor.digest);
    yield* blob(descriptor, options);
  });
  const { archive } = await describeGraph(graph);
  expect(archive.images.map(({ platform }) => platform?.architecture)).toEqual(ARCHITECTURES);
  expect(archive.images.map(({ configBytes }) => configBytes && digestOf(configBytes))).toEqual(
    manifests.map(({ config }) => config),
  );
  expect(order.at(-1)).toBe(manifests[0]?.config);
});
