import { pathFields } from '@layers/core/findings';
import { pathOf, type Union } from '@layers/core/rootfs';
import type { AdvicePath } from './document.js';
import type { FileGroup } from './file-group.js';

/** The most paths of one piece of advice. */
const MOST_PATHS = 8;

/** A directory is opened where one part of it holds so much of its bytes. */
const LARGE_PART = 0.4;

/** One part with so much of the bytes of a directory is named in its place. */
const ALMOST_ALL = 0.95;

const SLASH = 0x2f;

/** Directories with more parts are shown as a whole. */
const MOST_PARTS = 40;

/** A directory or file, with the bytes below it. There may be millions, so that each is small. */
interface Branch {
  /** One character for each byte, so that it holds any name. */
  readonly name: string;
  /** Null for the root. */
  readonly parent: Branch | null;
  /** Null where there are none, or more than are ever shown. */
  children: Map<string, Branch> | null;
  /** Whether it has more parts than are ever shown: these are not kept. */
  isWhole: boolean;
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
  const root = branchOf('', null);
  group.each((layer, entry, sizeBytes) => {
    const changeset = layers[layer];
    if (changeset !== undefined) addTo(root, pathOf(changeset, entry), sizeBytes);
  });
  const { paths, others } = foldBranches(root);
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
  const root = branchOf('', null);
  for (const { path, sizeBytes } of files) addTo(root, path, sizeBytes);
  return foldBranches(root);
}

function foldBranches(root: Branch): FoldedPaths {
  const all = largestFirst(unfolded(root).flatMap(narrowed));
  const shown = all.length === MOST_PATHS + 1 ? all.length : MOST_PATHS;
  const others = { paths: 0, sizeBytes: 0, files: 0 };
  for (const { bytes, files: count } of all.slice(shown)) {
    others.paths++;
    others.sizeBytes += bytes;
    others.files += count;
  }
  return { paths: all.slice(0, shown).map(advicePath), others };
}

function branchOf(name: string, parent: Branch | null): Branch {
  return { name, parent, children: null, isWhole: false, bytes: 0, files: 0, isFile: false };
}

/** Returns the path as one character for each byte. */
function pathText(branch: Branch): string {
  const names: string[] = [];
  for (let at = branch; at.parent !== null; at = at.parent) names.push(`/${at.name}`);
  return names.reverse().join('');
}

function addTo(root: Branch, path: Uint8Array, bytes: number): void {
  let branch = root;
  branch.bytes += bytes;
  branch.files++;
  const buffer = Buffer.from(path.buffer, path.byteOffset, path.byteLength);
  for (let start = 0, end = 0; start < buffer.length; start = end + 1) {
    const slash = buffer.indexOf(SLASH, start);
    end = slash === -1 ? buffer.length : slash;
    if (end === start) continue;
    if (branch.isWhole) return;
    const name = buffer.toString('latin1', start, end);
    branch.children ??= new Map();
    let child = branch.children.get(name);
    if (child === undefined) {
      if (branch.children.size === MOST_PARTS) {
        branch.children = null;
        branch.isWhole = true;
        return;
      }
      child = branchOf(name, branch);
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
    const children = [...(next.children?.values() ?? [])];
    const opened = [...shown.filter((branch) => branch !== next), ...children];
    const isEnough = shown.length > 1 && opened.length > MOST_PATHS && children.length > 1;
    if (isEnough && !isTop(next)) return shown;
    shown = opened;
  }
}

/** Returns the deepest directory with almost all bytes of a branch, and what is beside it. */
function narrowed(branch: Branch): Branch[] {
  const others: Branch[] = [];
  for (let at = branch; ; ) {
    const parts = at.isFile ? [] : largestFirst([...(at.children?.values() ?? [])]);
    const [largest, ...rest] = parts;
    if (largest === undefined || largest.bytes < at.bytes * ALMOST_ALL) return [at, ...others];
    others.push(...rest);
    at = largest;
  }
}

function saysMoreOpened(branch: Branch): boolean {
  const { children } = branch;
  if (branch.isFile || children === null) return false;
  if (isTop(branch)) return true;
  let largest = 0;
  for (const { bytes } of children.values()) largest = Math.max(largest, bytes);
  return largest >= branch.bytes * LARGE_PART;
}

/** Whether a branch is the root directory or directly below it, which says little. */
function isTop({ parent }: Branch): boolean {
  return parent === null || parent.parent === null;
}

function largestFirst(branches: Branch[]): Branch[] {
  return branches.sort((a, b) => b.bytes - a.bytes || (pathText(a) < pathText(b) ? -1 : 1));
}

function advicePath(branch: Branch): AdvicePath {
  const { children, isWhole, bytes, files } = branch;
  const text = isWhole || children !== null ? `${pathText(branch)}/` : pathText(branch);
  return { ...pathFields(Buffer.from(text, 'latin1')), sizeBytes: bytes, files };
}
