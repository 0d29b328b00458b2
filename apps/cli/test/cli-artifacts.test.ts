import { gzipSync } from 'node:zlib';
import { layers } from '@layers/testing/command';
import { blobOf, layoutOf, OCI } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();

const config = blobOf({ name: 'chart' }, 'application/vnd.cncf.helm.config.v1+json');
const layer = blobOf(
  gzipSync(buildTar([{ path: 'chart/Chart.yaml', data: Buffer.from('name: chart\n') }])),
  'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
);
const manifest = blobOf(
  { schemaVersion: 2, config: config.descriptor, layers: [layer.descriptor] },
  `${OCI}.manifest.v1+json`,
);
const files = [...layoutOf([manifest.descriptor]), config.file, layer.file, manifest.file];

describe('an archive of a Helm chart', () => {
  const path = scratch.file(buildTar(files), 'chart.tar');

  it('is shown by commands that read', () => {
    const inspect = layers(['inspect', path]);
    expect([inspect.status, inspect.stdout]).toEqual([
      0,
      expect.stringContaining('is not an image, but a Helm chart'),
    ]);
    expect(inspect.stdout).toContain(layer.descriptor.mediaType);
    expect(layers(['ls', '-R', path]).stdout).toContain('/chart/Chart.yaml');
    expect(layers(['cat', path, '/chart/Chart.yaml']).stdout).toBe('name: chart\n');
  });

  it.each([
    ['squash', path, '-o', `${path}.out`],
    ['extract', path, `${path}.out`],
    ['load', '-i', path],
    ['diff', path, path],
    ['history', path],
  ])('is refused by %s, without a word of damage', (...args) => {
    const { status, stderr } = layers(args, { env: { LAYERS_STORE: `${path}.store` } });
    expect([status, stderr]).toEqual([3, expect.stringContaining('not an image, but a Helm chart')]);
    expect(stderr).toContain(`hint: layers inspect ${path} shows it`);
    expect(stderr).not.toMatch(/damaged|save/);
  });
});
