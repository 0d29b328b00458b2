import type { Tree, TreeEntry } from './tree.ts';

/**
 * Returns the lines of `docker diff` for two trees, by the rules of moby's `pkg/archive` (`FileInfo.addChanges`): it
 * compares the results of lstat(2) in both trees, with every storage driver.
 */
export function dockerLinesOf(a: Tree, b: Tree, options: DockerOptions): string[] {
  const lines: string[] = [];
  const childrenA = childrenOf(a);
  const childrenB = childrenOf(b);
  compare('', true, true);
  return lines.map((line) => Buffer.from(line, 'latin1').toString('utf8'));

  /** Whether there is a change below two directories of one path. */
  function compare(folder: string, inA: boolean, inB: boolean): boolean {
    const before = lines.length;
    const names = new Set([
      ...(inA ? (childrenA.get(folder) ?? []) : []),
      ...(inB ? (childrenB.get(folder) ?? []) : []),
    ]);
    for (const key of names) {
      const old = inA ? a.get(key) : undefined;
      const now = inB ? b.get(key) : undefined;
      if (now === undefined) {
        lines.push(`D ${key}`);
        continue;
      }
      const isFolder = now.type === 'directory';
      const below = isFolder && compare(key, old?.type === 'directory', true);
      if (old === undefined) lines.push(`A ${key}`);
      else if (below || isDifferent(old, now, options)) lines.push(`C ${key}`);
    }
    return lines.length > before;
  }
}

export interface DockerOptions {
  /** Whether times of block devices count. Docker 20.10 treats block devices as directories; later versions do not. */
  blockTimes: boolean;
  /** Whether bytes and link targets count if size and time are equal: not in Docker, but in `layers`. */
  contents: boolean;
}

/** The rules of the installed daemon. */
export const asDocker20: DockerOptions = { blockTimes: false, contents: false };

/** The rules of `layers diff --format docker`. */
export const asLayers: DockerOptions = { blockTimes: true, contents: true };

function isDifferent(old: TreeEntry, now: TreeEntry, { blockTimes, contents }: DockerOptions): boolean {
  if (old.type !== now.type || old.uid !== now.uid || old.gid !== now.gid) return true;
  if (old.mode !== now.mode && old.type !== 'symlink') return true;
  if (old.device !== now.device || old.capability !== now.capability) return true;
  if (contents && (old.digest !== now.digest || old.target !== now.target)) return true;
  if (old.type === 'directory' || (old.type === 'block' && !blockTimes)) return false;
  return !isSameTime(old, now) || sizeOf(old) !== sizeOf(now);
}

/** A tar can store times without fractions, so times of whole seconds can be truncated. */
function isSameTime(old: TreeEntry, now: TreeEntry): boolean {
  const [oldNs, nowNs] = [old.mtimeNs ?? 0, now.mtimeNs ?? 0];
  return old.mtime === now.mtime && (oldNs === nowNs || oldNs === 0 || nowNs === 0);
}

function sizeOf(entry: TreeEntry): number {
  return entry.target === undefined ? (entry.size ?? 0) : Buffer.byteLength(entry.target);
}

function childrenOf(tree: Tree): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const key of tree.keys()) {
    const folder = key.slice(0, key.lastIndexOf('/'));
    const known = children.get(folder);
    if (known === undefined) children.set(folder, [key]);
    else known.push(key);
  }
  return children;
}
