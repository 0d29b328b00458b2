import { fileURLToPath } from 'node:url';
import { verifyArchive } from '@layers/core/analysis';
import { documentsOf } from '@layers/testing/documents';
import { documentsEveryWay, expectFigures, type Figures } from '@layers/testing/every-way';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const pathOf = (name: string): string => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

const BRAMBLE: Figures = {
  layers: 5,
  entries: 118,
  contentBytes: 239_206,
  waste: { deleted: 35_600, overwritten: 66, rewritten: 90_048 },
};
const pair = (contentBytes: number): Figures => ({ layers: 4, entries: 53, contentBytes });

describe('the example archives', () => {
  test.each([
    ['demo.tar', 'legacy', [BRAMBLE]],
    ['demo-oci.tar', 'hybrid', [BRAMBLE]],
    ['two-images.tar', 'legacy', [pair(36_883), pair(33_883)]],
  ] as const)('%s', async (name, variant, images) => {
    const documents = await documentsEveryWay(pathOf(name), scratch);
    expect([documents.format, documents.variant]).toEqual(['docker-archive', variant]);
    expectFigures(documents, images);
    for (const { number } of documents.choices) {
      const verdict = await verifyArchive({ path: pathOf(name) }, { image: number }, { threads: 0 });
      expect(verdict.checks.filter(({ ok }) => !ok)).toEqual([]);
      expect(verdict.checks.length).toBeGreaterThan(4);
    }
  });

  test('the waste of demo.tar is what its README says', async () => {
    const { images } = await documentsOf({ path: pathOf('demo.tar') }, { threads: 0 });
    const reported = images[0]?.waste.waste.map(
      ({ path, sizeBytes, layer, unreachableFromLayer, cause, changed }) =>
        [path, sizeBytes, `${layer}>${unreachableFromLayer}`, cause, ...(changed ?? [])].join(' '),
    );
    expect(reported).toEqual([
      '/var/lib/bramble/recipes.db 90000 1>3 rewritten mode',
      '/var/log/install.log 14000 0>4 deleted',
      '/usr/share/doc/base/changelog 5200 0>4 deleted',
      '/var/cache/bramble/templates/recipe.html 5000 1>4 deleted',
      '/var/cache/bramble/templates/home.html 4000 1>4 deleted',
      '/usr/share/doc/base/README 2600 0>4 deleted',
      '/var/cache/bramble/thumbnails.idx 2500 1>4 deleted',
      '/usr/share/doc/bramble-libs/README 1400 0>4 deleted',
      '/usr/share/doc/base/copyright 900 0>4 deleted',
      '/etc/bramble/bramble.conf 66 1>2 overwritten',
      '/srv/bramble/bin/bramble 48 1>2 rewritten',
    ]);
    expect(images[0]?.inspect.layers.map(({ wastedBytes }) => wastedBytes)).toEqual([
      24_100, 101_614, 0, 0, 0,
    ]);
    expect(images[0]?.history.history).toHaveLength(11);
  });

  test('the two images share all layers but the last, and one blob at different positions', async () => {
    const { images, choices } = await documentsOf({ path: pathOf('two-images.tar') }, { threads: 0 });
    expect(choices.map(({ tags }) => tags)).toEqual([['bramble-web:2.0'], ['bramble-worker:2.0']]);
    const diffIds = images.map(({ inspect }) => inspect.layers.map(({ diffId }) => diffId));
    const shared = (diffIds[0] ?? []).filter((diffId) => diffIds[1]?.includes(diffId));
    expect(shared.length).toBeGreaterThanOrEqual(2);
    const positions = shared.map((diffId) => diffIds.map((ids) => ids.indexOf(diffId)));
    expect(positions.some(([web, worker]) => web !== worker)).toBe(true);
  });
});
