import type { FileChange } from '@layers/core/diff';
import { changesetOf, type ReadImage } from '@layers/core/image';
import { Kind, nodePath, ROOT, type Union } from '@layers/core/rootfs';
import { findOwners } from '@layers/insight/secrets';

/** The most files whose packages are searched: the largest ones. */
const MOST_FILES = 200_000;
/** The files of one search, so that only so many paths are in memory. Each search reads the databases. */
const FILES_AT_ONCE = 40_000;

/**
 * Returns a function that names the package which owns the file of a node, by the databases of dpkg, apk, rpm and Python: also
 * of a deleted file, whose bytes are in the image. Throws as reading contents does.
 */
export async function pathOwners(image: ReadImage, union: Union): Promise<(node: number) => string | null> {
  const { nodes } = union;
  const layers = image.layers.map(changesetOf);
  const sizeOf = (node: number): number => layers[nodes.layerOf(node)]?.size[nodes.entryOf(node)] ?? 0;
  const all = new Int32Array(nodes.count);
  let count = 0;
  for (let node = ROOT + 1; node < nodes.count; node++)
    if (nodes.kindOf(node) === Kind.file && sizeOf(node) > 0) all[count++] = node;
  const files = all.subarray(0, count);
  if (count > MOST_FILES) files.sort((a, b) => sizeOf(b) - sizeOf(a));
  const names = new Map<number, string>();
  for (let at = 0; at < Math.min(count, MOST_FILES); at += FILES_AT_ONCE) {
    const nodesNow = files.subarray(at, Math.min(at + FILES_AT_ONCE, MOST_FILES));
    const paths = Array.from(nodesNow, (node) => Buffer.from(nodePath(union, node)).toString('utf8'));
    const owners = await findOwners(image, union, paths);
    for (const [i, node] of nodesNow.entries()) {
      const [owner] = owners.get(paths[i] ?? '') ?? [];
      if (owner !== undefined) names.set(node, owner.name);
    }
  }
  return (node) => names.get(node) ?? null;
}

/**
 * Returns a function that names the package which owns a changed file: of the largest changes. Of removed files it knows no
 * owner, since the databases of B do not list them. Throws as reading contents does.
 */
export async function changeOwners(
  { image, union }: { readonly image: ReadImage; readonly union: Union },
  changes: Iterable<FileChange>,
): Promise<(change: FileChange) => string | null> {
  let files: { readonly path: string; readonly size: number }[] = [];
  for (const { path, type, change, sizeBytesB: size = 0 } of changes) {
    if (type === 'file' && change !== 'removed' && size > 0) files.push({ path, size });
    if (files.length > 2 * MOST_FILES) files = largest(files);
  }
  const paths = largest(files).map(({ path }) => path);
  const owners = await findOwners(image, union, paths);
  return ({ path }) => owners.get(path)?.[0]?.name ?? null;
}

function largest<File extends { readonly size: number }>(files: File[]): File[] {
  return files.length > MOST_FILES ? files.sort((a, b) => b.size - a.size).slice(0, MOST_FILES) : files;
}
