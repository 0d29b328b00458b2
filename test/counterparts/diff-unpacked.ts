import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fullTreeOfFolder } from './folder-tree.ts';
import { run } from './processes.ts';
import type { Tree, TreeEntry } from './tree.ts';

/** An image extracted by umoci. */
export interface Unpacked {
  folder: string;
  tree: Tree;
  /** The root directory without its time, which umoci does not set. */
  root: TreeEntry;
  /** A copy of the image by skopeo: an OCI layout with gzip layers. */
  layout: string;
}

/** Extracts an image named in skopeo's form, such as `docker-archive:FILE`. `folder` is for temporary files. */
export async function unpack(skopeo: string, folder: string): Promise<Unpacked> {
  const place = mkdtempSync(join(folder, 'unpacked-'));
  const layout = join(place, 'layout');
  const rootfs = join(place, 'rootfs');
  await run('skopeo', ['--insecure-policy', 'copy', '--quiet', skopeo, `oci:${layout}:it`]);
  await run('umoci', ['raw', 'unpack', '--image', `${layout}:it`, rootfs]);
  const tree = await fullTreeOfFolder(rootfs);
  const root = tree.get('/');
  tree.delete('/');
  if (root === undefined) throw new Error(`${rootfs} is no folder`);
  return { folder: rootfs, tree, root: { ...root, mtime: 0, mtimeNs: 0 }, layout };
}

/** Returns the tree with its root, which the other programs omit. */
export function withRoot({ tree, root }: Unpacked): Tree {
  return new Map([['/', root], ...tree]);
}

export function discard({ layout }: Unpacked): void {
  rmSync(join(layout, '..'), { recursive: true, force: true });
}
