import { gzipSync } from 'node:zlib';
import { layers } from '@layers/testing/command';
import { blobOf, layoutOf, OCI, ociImage } from '@layers/testing/layer-parts';
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

  it('is listed with its kind', () => {
    const { status, stdout } = layers(['list', '--json', path]);
    expect([status, JSON.parse(stdout).images]).toEqual([
      0,
      [expect.objectContaining({ number: '#1', artifact: 'a Helm chart', problem: null, layers: 1 })],
    ]);
    expect(layers(['list', path]).stdout).toMatch(/#1 +untagged .* a Helm chart\n/);
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

it('a name chooses what is listed', () => {
  const images = ['one', 'two'].map((name) => ociImage([buildTar([{ path: name }])]));
  const named = images.map(({ manifest: { descriptor } }, i) => ({
    ...descriptor,
    annotations: { 'org.opencontainers.image.ref.name': `app:${i}` },
  }));
  const path = scratch.file(
    buildTar([...layoutOf(named), ...images.flatMap((image) => image.files)]),
    'both.tar',
  );
  const listed = (name: string): string[][] =>
    JSON.parse(layers(['list', '--json', name]).stdout).images.map(({ tags }: { tags: string[] }) => tags);
  expect(listed(path)).toEqual([['app:0'], ['app:1']]);
  expect(listed(`oci-archive:${path}:app:1`)).toEqual([['app:1']]);
  expect(layers(['list', `oci-archive:${path}:app:2`]).status).toBe(2);
});

it('an artifact beside an image is not loaded, which load reports', () => {
  const image = ociImage([]);
  const named = (descriptor: object, name: string) => ({
    ...descriptor,
    annotations: { 'org.opencontainers.image.ref.name': name },
  });
  const index = layoutOf([named(manifest.descriptor, 'chart'), named(image.manifest.descriptor, 'app')]);
  const bytes = buildTar([...index, config.file, layer.file, manifest.file, ...image.files]);
  const path = scratch.file(bytes, 'both.tar');
  const env = { LAYERS_STORE: `${path}.store` };
  const load = layers(['load', '-i', path], { env });
  expect([load.status, load.stdout, load.stderr]).toEqual([
    0,
    'Loaded image: app\n',
    'note: not loaded, because only images can be: chart (a Helm chart)\n',
  ]);
  expect(layers(['load', '-q', '-i', path], { env }).stderr).toBe('');
});

describe('layers list', () => {
  it('lists every image, also where an error shows only some', () => {
    const images = Array.from({ length: 25 }, (_, i) => {
      const part = ociImage([], { configMore: { author: `${i}` } });
      const annotations = { 'org.opencontainers.image.ref.name': `v${i}` };
      return { files: part.files, descriptor: { ...part.manifest.descriptor, annotations } };
    });
    const all = [
      ...layoutOf(images.map(({ descriptor }) => descriptor)),
      ...images.flatMap((each) => each.files),
    ];
    const path = scratch.file(buildTar(all), 'many.tar');
    const lines = layers(['list', '--jsonl', path]).stdout.trimEnd().split('\n');
    const listed = lines.map((line) => JSON.parse(line));
    expect(listed.map(({ number, tags }) => `${number} ${tags}`)).toEqual(
      images.map((_, i) => `#${i + 1} v${i}`),
    );
    const ambiguous = layers(['inspect', path]);
    expect(ambiguous.stderr).toContain(`and 5 more: layers list ${path} lists them`);
  });

  it('marks an image that cannot be read', () => {
    const good = ociImage([]);
    const bad = blobOf({ os: 'linux' }, `${OCI}.config.v1+json`);
    const badManifest = blobOf(
      { schemaVersion: 2, config: bad.descriptor, layers: [] },
      `${OCI}.manifest.v1+json`,
    );
    const parts = [...layoutOf([badManifest.descriptor, good.manifest.descriptor]), ...good.files];
    const path = scratch.file(buildTar([...parts, bad.file, badManifest.file]), 'bad.tar');
    expect(layers(['list', path]).stdout).toMatch(/#2 +untagged .* unreadable\n/);
    const { images } = JSON.parse(layers(['list', '--json', path]).stdout);
    expect(images[1]).toMatchObject({ id: null, problem: expect.stringContaining('rootfs is missing') });
  });
});
