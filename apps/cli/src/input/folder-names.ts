import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathStatus, reading } from '@layers/core/io';

/** The name of an input, and whether it was found in a folder: other files may be there too. */
export interface ListedName {
  readonly name: string;
  readonly isFound: boolean;
}

/** Files that make a directory an input of its own: a layout, a directory of `skopeo copy dir:`, or an extracted archive. */
const PARTS = ['index.json', 'oci-layout', 'manifest.json', 'version', 'repositories'];

/** Returns the names with each folder of archives replaced by what is in it, in byte order. Throws ERR_LAYERS_READ. */
export function expandFolders(names: readonly string[]): ListedName[] {
  return names.flatMap((name): ListedName[] => {
    if (!isFolder(name)) return [{ name, isFound: false }];
    return contentsOf(name).map((found) => ({ name: found, isFound: true }));
  });
}

/** Whether a name is that of a directory which is not an input itself. */
export function isFolder(name: string): boolean {
  return isDirectory(name) && !PARTS.some((part) => exists(join(name, part)));
}

/** Returns the files and layouts in a folder. Hidden ones, pipes and devices, and folders in it, are left out. */
function contentsOf(folder: string): string[] {
  const names = reading(folder, () => readdirSync(folder));
  return names
    .filter((name) => !name.startsWith('.'))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => join(folder, name))
    .filter((path) => !isFolder(path) && !isPipeOrDevice(path));
}

/** Whether to read a path could wait for ever, or not end. A symlink without a target is neither: to read it fails. */
function isPipeOrDevice(path: string): boolean {
  const status = pathStatus(path);
  return status !== null && !status.isFile() && !status.isDirectory();
}

function isDirectory(path: string): boolean {
  return pathStatus(path)?.isDirectory() ?? false;
}

function exists(path: string): boolean {
  return pathStatus(path) !== null;
}
