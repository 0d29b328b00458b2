import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { differencesFromContainer, treeOfContainer } from './docker-tree.ts';
import { treeOfTar } from './folder-tree.ts';
import { inspect, layersCommand, treeOfLayers } from './layers-command.ts';
import { run } from './processes.ts';
import { randomHistory } from './random-history.ts';
import { contentBytes } from './tree.ts';

const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-random-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const count = process.env['LAYERS_LONG'] === '1' ? 150 : 6;
const firstSeed = Number(process.env['LAYERS_SEED'] ?? 1);
const seeds = Array.from({ length: count }, (_, index) => firstSeed + index);

/** Rewritten images whose file system must be the same for a container. */
const REWRITES = [
  ['squash'],
  ['squash', '--last', '2'],
  ['squash', '--from', '1', '--to', '2'],
  ['repack', '--drop-waste'],
  ['repack', '--drop-waste', '--format', 'docker', '--compression', 'gzip'],
];

/** All in a long run, otherwise two in turn. */
function rewritesOf(seed: number): string[][] {
  if (process.env['LAYERS_LONG'] === '1') return REWRITES;
  return REWRITES.filter((_, i) => i === seed % REWRITES.length || i === (seed + 2) % REWRITES.length);
}

/** In `/dev`, which Docker replaces in containers, so the mount point appears in no layer. */
const shell = '/dev/sh';

describe.skipIf(socket === '')('random histories in Docker', () => {
  let busybox = '';

  beforeAll(async () => {
    busybox = (await run('sh', ['-c', 'command -v busybox'])).toString().trim();
    const root = join(folder, 'rootfs');
    mkdirSync(join(root, 'old'), { recursive: true });
    mkdirSync(join(root, 'd/e'), { recursive: true });
    for (const name of ['a', 'd/a', 'd/e/b', 'old/c', 'capable']) {
      writeFileSync(join(root, name), `content of ${name}\n`.repeat(50));
    }
    await run('ln', [join(root, 'a'), join(root, 'd/b')]);
    await run('chmod', ['4755', join(root, 'd/a')]);
    const capability = '0x0100000200200000000000000000000000000000';
    await run('setfattr', ['-n', 'security.capability', '-v', capability, join(root, 'capable')]);
    const keep = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--owner=0', '--group=0'];
    const tar = await run('tar', [...keep, '--create', '--directory', root, '.']);
    await docker(['import', '-', 'random:base'], { input: tar });
  });

  it.each(seeds)('seed %i: ls, export and rewritten images have the files of a container', async (seed) => {
    let image = 'random:base';
    for (const [index, script] of randomHistory(seed).entries()) {
      const container = `random-${seed}-${index}`;
      const mount = ['--network', 'none', '--volume', `${busybox}:${shell}:ro`];
      await docker(['run', ...mount, '--name', container, image, shell, '-c', `${script}\ntrue`]);
      image = `random:${seed}-${index}`;
      await docker(['commit', container, image]);
      await docker(['rm', container]);
    }
    const archive = join(folder, `${seed}.tar`);
    await docker(['save', '--output', archive, image]);

    const ours = await treeOfLayers({ path: archive });
    const container = await treeOfContainer(docker, image);
    expect(differencesFromContainer(ours, container)).toEqual([]);
    const rootfs = join(folder, `${seed}.rootfs.tar`);
    await layersCommand(['export', archive, '-o', rootfs]);
    expect(differencesFromContainer(await treeOfTar(rootfs), container)).toEqual([]);
    for (const flags of rewritesOf(seed)) {
      const file = join(folder, `${seed}.rewritten.tar`);
      const { images } = JSON.parse(
        await layersCommand([...flags, '--json', '--force', archive, '-o', file]),
      );
      await docker(['rmi', '--force', image]);
      await docker(['load', '--quiet', '--input', file]);
      expect(await docker(['image', 'inspect', '--format', '{{.Id}}', image])).toBe(images[0].id);
      expect(differencesFromContainer(ours, await treeOfContainer(docker, image))).toEqual([]);
    }
    const { totals } = await inspect({ path: archive });
    expect(totals.rootfsBytes).toBe(contentBytes(ours));
    expect(totals.contentBytes).toBe(totals.rootfsBytes + totals.wastedBytes);
    rmSync(archive);
  });
});
