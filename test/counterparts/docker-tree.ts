import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Docker } from './docker.ts';
import { treeOfTar } from './folder-tree.ts';
import { differences, type Tree } from './tree.ts';

/** Returns the root file system of a container of an image, from `docker export`. */
export async function treeOfContainer(docker: Docker, image: string): Promise<Tree> {
  const folder = mkdtempSync(join(tmpdir(), 'layers-export-'));
  const container = await docker(['create', '--network', 'none', image, 'unused']);
  try {
    const file = join(folder, 'export.tar');
    await docker(['export', '--output', file, container]);
    return await treeOfTar(file);
  } finally {
    await docker(['rm', container]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Docker mounts these over the paths of the image. */
const replacedByDocker = new Set([
  '/.dockerenv',
  '/dev/console',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/mtab',
  '/etc/resolv.conf',
]);

/** Docker creates these if the image does not have them. */
const madeByDocker = ['/dev', '/dev/pts', '/dev/shm', '/etc', '/proc', '/sys'];

/** Docker writes into these directories, which changes their times. */
const touchedByDocker = new Set(['/dev', '/etc']);

/** Returns the differences between our tree and that of a container, without the files that Docker adds. */
export function differencesFromContainer(ours: Tree, container: Tree): string[] {
  const theirs = new Map(container);
  for (const path of madeByDocker) {
    const entry = theirs.get(path);
    const plain = entry?.type === 'directory' && entry.mode === 0o755 && entry.uid === 0 && entry.gid === 0;
    if (!ours.has(path) && plain) theirs.delete(path);
  }
  return differences(ours, theirs, {
    ignore(key, field) {
      if (replacedByDocker.has(key)) return true;
      return field === 'mtime' && touchedByDocker.has(key);
    },
  });
}
