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
    expect(info()).toMatchObject({ files: 2, sizeBytes: expect.any(Number), findings: [] });
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
    expect(out('cache', 'info')).toMatch(/^path +\/.*\/cache\nsize +[\d.]+ kB in \d files\nlimit +1 GB\n$/);
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
    expect(out('cache', 'prune')).toMatch(/^Deleted: \d files\nTotal reclaimed space: [\d.]+ kB\n$/);
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
    expect(pathWith({ HOME: '/nonexistent' })).toBeNull();
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
