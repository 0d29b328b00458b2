import { pathFields } from '@layers/core/findings';
import { pathOf, type Union } from '@layers/core/rootfs';
import type { AdvicePath } from './document.js';
import type { FileGroup } from './file-group.js';

/** The most paths of one piece of advice. */
const MOST_PATHS = 8;

/** A directory is opened where one part of it holds so much of its bytes. */
const LARGE_PART = 0.4;

/** Directories with more parts are shown as a whole. */
const MOST_PARTS = 40;

/** A directory or file, with the bytes below it. */
interface Branch {
  /** The path as one character for each byte, so that it holds any name. */
  readonly path: string;
  readonly children: Map<string, Branch>;
  bytes: number;
  files: number;
  /** Whether one of the files has this path itself: a path may be a file, and a directory in another layer. */
  isFile: boolean;
}

/** Returns where the bytes of a group are: directories with many of the files, and large files. */
export function foldedPaths(
  { layers }: Union,
  group: FileGroup,
): { readonly paths: readonly AdvicePath[]; readonly morePaths: number } {
  const files: PathWithBytes[] = [];
  group.each((layer, entry, sizeBytes) => {
    const changeset = layers[layer];
    if (changeset !== undefined) files.push({ path: pathOf(changeset, entry), sizeBytes });
  });
  const { paths, others } = foldPaths(files);
  return { paths, morePaths: others.paths };
}

/** A file, and its bytes. */
export interface PathWithBytes {
  readonly path: Uint8Array;
  readonly sizeBytes: number;
}

/** Directories and files, and the sums over those that are left out. */
export interface FoldedPaths {
  readonly paths: readonly AdvicePath[];
  readonly others: { readonly paths: number; readonly sizeBytes: number; readonly files: number };
}

/** Returns directories that hold many of the files, and large files: at most nine, the most bytes first. */
export function foldPaths(files: Iterable<PathWithBytes>): FoldedPaths {
  const root: Branch = { path: '', children: new Map(), bytes: 0, files: 0, isFile: false };
  for (const { path, sizeBytes } of files) addTo(root, Buffer.from(path).toString('latin1'), sizeBytes);
  const all = largestFirst(unfolded(root));
  const shown = all.length === MOST_PATHS + 1 ? all.length : MOST_PATHS;
  const others = { paths: 0, sizeBytes: 0, files: 0 };
  for (const { bytes, files: count } of all.slice(shown)) {
    others.paths++;
    others.sizeBytes += bytes;
    others.files += count;
  }
  return { paths: all.slice(0, shown).map(advicePath), others };
}

function addTo(root: Branch, path: string, bytes: number): void {
  let branch = root;
  branch.bytes += bytes;
  branch.files++;
  for (const name of path.split('/')) {
    if (name === '') continue;
    let child = branch.children.get(name);
    if (child === undefined) {
      child = { path: `${branch.path}/${name}`, children: new Map(), bytes: 0, files: 0, isFile: false };
      branch.children.set(name, child);
    }
    child.bytes += bytes;
    child.files++;
    branch = child;
  }
  branch.isFile = true;
}

/** Returns the branches to show: opens the largest directories while that says more, and there is room. */
function unfolded(root: Branch): Branch[] {
  let shown = [root];
  for (;;) {
    const next = largestFirst(shown).find(saysMoreOpened);
    if (next === undefined) return shown;
    const opened = [...shown.filter((branch) => branch !== next), ...next.children.values()];
    const isEnough = shown.length > 1 && opened.length > MOST_PATHS && next.children.size > 1;
    if (isEnough && !isTop(next)) return shown;
    shown = opened;
  }
}

function saysMoreOpened(branch: Branch): boolean {
  const parts = branch.children.size;
  if (branch.isFile || parts === 0 || parts > MOST_PARTS) return false;
  if (isTop(branch)) return true;
  let largest = 0;
  for (const { bytes } of branch.children.values()) largest = Math.max(largest, bytes);
  return largest >= branch.bytes * LARGE_PART;
}

/** Whether a branch is the root directory or directly below it, which says little. */
function isTop({ path }: Branch): boolean {
  return path.lastIndexOf('/') <= 0;
}

function largestFirst(branches: Branch[]): Branch[] {
  return branches.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}

function advicePath({ path, children, bytes, files }: Branch): AdvicePath {
  const text = children.size > 0 ? `${path}/` : path;
  return { ...pathFields(Buffer.from(text, 'latin1')), sizeBytes: bytes, files };
}
