import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from './diff-command.ts';
import type { Docker } from './docker.ts';
import { run } from './processes.ts';
import { randomHistory } from './random-history.ts';

/** An image committed from a container with random changes. */
export interface RandomImage {
  /** Its docker-archive. */
  archive: string;
  /** The lines of `docker diff` for the container; none for the first image. */
  lines: string[];
}

/** In `/dev`, which Docker replaces in containers, so the mount point appears in no layer. */
const shell = '/dev/sh';

/** Docker creates these if an image does not have them, and does not list them as changes. */
const madeByDocker = ['dev', 'etc', 'proc', 'sys'];

/** Builds an image in Docker with files of every type. `folder` is for temporary files. */
export async function importBase(docker: Docker, name: string, folder: string): Promise<void> {
  const root = join(folder, 'rootfs');
  for (const path of [...madeByDocker, 'old', 'd/e/f/deep/er', 'g h/empty', '\u00e9t\u00e9/b']) {
    mkdirSync(join(root, path), { recursive: true });
  }
  const files = [
    'a',
    'd/a',
    'd/e/b',
    'd/e/f/deep/er/leaf',
    'old/c',
    'old/x y',
    'g h/\u00fcn\u00ef',
    'capable',
  ];
  for (const path of files) writeFileSync(join(root, path), `content of ${path}\n`.repeat(50));
  await run('ln', [join(root, 'a'), join(root, 'd/b')]);
  await run('ln', ['-s', 'a', join(root, 'd/c')]);
  await run('mkfifo', [join(root, 'd/d')]);
  await run('mknod', [join(root, 'old/e'), 'c', '1', '3']);
  await run('chmod', ['4755', join(root, 'd/a')]);
  const capability = '0x0100000200200000000000000000000000000000';
  await run('setfattr', ['-n', 'security.capability', '-v', capability, join(root, 'capable')]);
  const keep = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--owner=0', '--group=0'];
  const tar = await run('tar', [...keep, '--create', '--directory', root, '.']);
  await docker(['import', '-', name], { input: tar });
}

/** Builds images on top of each other and saves each into `folder`. The first is `base`. */
export async function randomImages(
  docker: Docker,
  base: string,
  seed: number,
  folder: string,
): Promise<RandomImage[]> {
  const busybox = (await run('sh', ['-c', 'command -v busybox'])).toString().trim();
  const images: RandomImage[] = [{ archive: await save(base, 'base'), lines: [] }];
  let below = base;
  for (const [index, script] of randomHistory(seed).slice(0, 3).entries()) {
    const container = `diff-${seed}-${index}`;
    const mount = ['--network', 'none', '--volume', `${busybox}:${shell}:ro`];
    await docker(['run', ...mount, '--name', container, below, shell, '-c', `${script}\ntrue`]);
    const lines = linesOf(await docker(['diff', container]));
    below = `diff:${seed}-${index}`;
    await docker(['commit', container, below]);
    await docker(['rm', container]);
    images.push({ archive: await save(below, `${index}`), lines });
  }
  return images;

  async function save(image: string, name: string): Promise<string> {
    const archive = join(folder, `${seed}-${name}.tar`);
    await docker(['save', '--output', archive, image]);
    return archive;
  }
}
