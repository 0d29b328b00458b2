import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { beforeAll, describe, expect, it } from 'vitest';

const scratch = useScratch();
const env = { LAYERS_CACHE: join(scratch.folder, 'cache') };
const tar = buildTar(
  Array.from({ length: 9000 }, (_, i) => ({ path: `file-${i}`, data: Buffer.from(`${i}`) })),
);
let image = '';

beforeAll(async () => {
  const images = [{ tags: ['app:1'], layers: [tar] }];
  image = scratch.file(buildDockerArchive({ images }, { form: 'oci', compression: 'gzip' }), 'app.tar');
  await setTimeout(30);
});

const out = (...args: readonly string[]): string => layers(args, { env }).stdout;
const info = () => JSON.parse(out('cache', 'info', '--json'));
const verified = (...args: readonly string[]) =>
  JSON.parse(out('inspect', '--json', image, ...args)).layers[0].verified;

describe('the cache', () => {
  it('is used by the commands that show an image', () => {
    expect(info()).toMatchObject({ path: env.LAYERS_CACHE, files: 0, sizeBytes: 0 });
    expect(verified()).toBe(true);
    // The index of the layer, its place, and the document.
    expect(info()).toMatchObject({ files: 3, sizeBytes: expect.any(Number), findings: [] });
    expect(verified()).toBeNull();
    for (const args of [
      ['ls', '-R'],
      ['tree'],
      ['waste'],
      ['history'],
      ['find', 'file-77'],
      ['cat', 'file-8888'],
    ]) {
      const [name = '', ...more] = args;
      const cold = layers([name, image, ...more, '--no-cache'], { env });
      expect(cold).toMatchObject({ status: 0, stderr: '' });
      expect(layers([name, image, ...more], { env })).toEqual(cold);
    }
    expect(layers(['diff', image, image], { env }).status).toBe(0);
  });

  it('has what inspect shows of a file, in every form, for each choice and name', () => {
    const layersIn = [[0, 1, 2], [3]].map((parts) =>
      buildTar(parts.map((part) => ({ path: `${part % 3}.bin`, data: Buffer.alloc(200_000, part) }))),
    );
    const images = [
      { tags: ['two:1'], layers: layersIn },
      { tags: ['one:1'], layers: [tar], config: { os: 'linux', architecture: 'arm64' } },
    ];
    const path = scratch.file(buildDockerArchive({ images }, { form: 'legacy' }), 'two.tar');
    for (const args of [
      ['--image', 'two:1'],
      ['--image', 'one:1'],
      ['--image', 'two:1', '--json'],
      ['--image', 'two:1', '--jsonl'],
      ['--image', 'two:1', '--top', '1'],
      ['--image', 'two:1', '--base', '#2'],
      ['--platform', 'linux/arm64'],
      ['--image', 'none:1'],
      [],
    ]) {
      const cold = layers(['inspect', path, ...args, '--no-cache'], { env });
      expect(layers(['inspect', path, ...args], { env })).toEqual(cold);
      expect(layers(['inspect', path, ...args], { env })).toEqual(cold);
    }
    const named = layers(['inspect', `docker-archive:${path}:two:1`], { env });
    expect(named).toEqual(layers(['inspect', `docker-archive:${path}:two:1`, '--no-cache'], { env }));
    expect(layers(['inspect', `oci-archive:${path}:two:1`], { env })).toMatchObject({ status: 2 });
  });

  it('has the findings of a damaged image, and its status', () => {
    const bytes = buildDockerArchive(
      { images: [{ tags: ['app:1'], layers: [tar, buildTar([{ path: 'b', data: Buffer.alloc(9000) }])] }] },
      { form: 'oci', compression: 'gzip' },
    );
    bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 100);
    const path = scratch.file(bytes, 'damaged.tar');
    const withoutDigests = ({ stdout, ...result }: ReturnType<typeof layers>) => ({
      ...result,
      stdout: stdout.replaceAll('"verified": true', '"verified": null'),
    });
    const cold = layers(['inspect', path, '--json', '--no-cache'], { env });
    expect(cold.status).toBe(1);
    expect(layers(['inspect', path, '--json'], { env })).toEqual(cold);
    expect(layers(['inspect', path, '--json'], { env })).toEqual(withoutDigests(cold));
    const text = () => layers(['inspect', path], { env });
    expect(text()).toMatchObject({ status: 1, stdout: expect.stringContaining('WRONG') });
    expect(text()).toEqual(text());
  });

  it('is not used with --no-cache, with --verify, and with LAYERS_CACHE=off', () => {
    verified();
    expect(verified()).toBeNull();
    expect(verified('--no-cache')).toBe(true);
    expect(verified('--verify')).toBe(true);
    expect(out('verify', image)).toContain('ok');
    const off = layers(['inspect', '--json', image], { env: { LAYERS_CACHE: 'off' } });
    expect(JSON.parse(off.stdout).layers[0].verified).toBe(true);
  });

  it('is shown and emptied', () => {
    verified();
    const other = join(env.LAYERS_CACHE, 'of-the-user.index');
    writeFileSync(other, '');
    expect(out('cache', 'info')).toMatch(
      /^path +\/.*\/cache\nsize +[\d.]+ [kM]B in \d+ files\nlimit +1 GB\n$/,
    );
    const { files, sizeBytes } = info();
    expect(JSON.parse(out('cache', 'prune', '--dry-run', '--json'))).toMatchObject({
      dryRun: true,
      removedFiles: files,
      reclaimedBytes: sizeBytes,
    });
    expect(out('cache', 'prune', '--unused', '1d')).toMatch(/^Deleted: 0 files\n/);
    const [old = ''] = readdirSync(env.LAYERS_CACHE).filter((name) => /^[0-9a-f]{40}\.index$/.test(name));
    utimesSync(join(env.LAYERS_CACHE, old), 1, 1);
    expect(out('cache', 'prune', '--unused', '1d')).toMatch(/^Deleted: 1 file\nTotal reclaimed space: /);
    expect(out('cache', 'prune')).toMatch(/^Deleted: \d+ files\nTotal reclaimed space: [\d.]+ [kM]B\n$/);
    expect(info()).toMatchObject({ files: 0 });
    expect(readdirSync(env.LAYERS_CACHE).sort()).toEqual(['key', 'of-the-user.index']);
    expect(verified()).toBe(true);
  });

  it('may be missing', () => {
    const none = layers(['cache', 'info'], { env: { LAYERS_CACHE: 'off' } });
    expect(none).toMatchObject({ status: 0, stdout: expect.stringMatching(/^no cache/) });
    const pruned = layers(['cache', 'prune', '--json'], { env: { LAYERS_CACHE: 'off' } });
    expect(JSON.parse(pruned.stdout)).toMatchObject({ path: null, removedFiles: 0 });
  });

  it('follows the directories of the platform, and belongs to the home directory of this user alone', () => {
    const pathWith = (more: Record<string, string>) =>
      JSON.parse(layers(['cache', 'info', '--json'], { env: { LAYERS_CACHE: '', ...more } }).stdout).path;
    const home = join(scratch.folder, 'home');
    mkdirSync(home);
    expect(pathWith({ XDG_CACHE_HOME: '/x' })).toBe('/x/layers/indexes');
    expect(pathWith({ HOME: home })).toContain(`${home}/`);
    expect(pathWith({ HOME: join(scratch.folder, 'absent') })).toBeNull();
  });

  it('reports a wrong use', () => {
    for (const args of [
      ['info', '--unused', '1d'],
      ['info', '--dry-run'],
      ['prune', '--unused', 'ever'],
      ['clear'],
    ]) {
      expect(layers(['cache', ...args], { env }).status).toBe(2);
    }
  });
});
