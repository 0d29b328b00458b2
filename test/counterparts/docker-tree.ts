import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Docker } from './docker.ts';
import { treeOfTar } from './folder-tree.ts';
import { differences, type Tree } from './tree.ts';

/** The root file system that Docker gives a container of an image, as `docker export` writes it. */
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

/** Docker puts these over whatever the image has there. */
const replacedByDocker = new Set([
  '/.dockerenv',
  '/dev/console',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/mtab',
  '/etc/resolv.conf',
]);

/** Docker makes these where the image lacks them, and leaves them alone where it has them. */
const madeByDocker = ['/dev', '/dev/pts', '/dev/shm', '/etc', '/proc', '/sys'];

/** What Docker writes into these changes their time. */
const touchedByDocker = new Set(['/dev', '/etc']);

/** Every difference between our tree and a container's, apart from what Docker itself adds to a container. */
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
