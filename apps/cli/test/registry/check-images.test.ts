import { layersAsync } from '@layers/testing/command';
import { pushedIndex } from '@layers/testing/registry/pushed-image';
import { startTestRegistry, type TestRegistry } from '@layers/testing/registry/test-registry';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const tar = (path: string, size: number) => buildTar([{ path, data: Buffer.alloc(size, path) }]);
const shared = tar('shared', 5000);
const platform = (architecture: string, layers: readonly Uint8Array[]) => ({
  os: 'linux',
  architecture,
  layers,
});

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry({});
  pushedIndex(registry.storage, 'app', '1', [
    platform('amd64', [tar('amd', 9000)]),
    platform('arm64', [shared, tar('arm', 100)]),
  ]);
  pushedIndex(registry.storage, 'app', '2', [
    platform('amd64', [tar('amd', 1)]),
    platform('arm64', [shared, tar('arm', 100), tar('new', 51)]),
  ]);
});
afterAll(() => registry.stop());

describe('layers check of images in a registry', () => {
  it.each([
    ['1%', 0],
    ['0.9%', 1],
  ])('compares the same platform: %s', async (limit, status) => {
    const name = (tag: string) => `docker://${registry.domain}/app:${tag}`;
    const args = [
      'check',
      '--json',
      '--platform',
      'linux/arm64',
      '--against',
      name('1'),
      '--max-growth',
      limit,
    ];
    const run = await layersAsync([...args, name('2')]);
    expect([run.stderr, run.status]).toEqual(['', status]);
    const report = JSON.parse(run.stdout);
    expect(report).toMatchObject({
      figures: { contentBytes: 5151, growthBytes: 51 },
      against: { figures: { contentBytes: 5100 }, added: [{ path: '/new', bytes: 51, layer: 2 }] },
    });
  });
});
