import type { DirectoryTable } from './directory-table.js';
import { Kind } from './kind.js';
import { nameHash } from './name-hash.js';
import { splitPath } from './path.js';

/** The entries of a layer, as far as hard links concern them. */
export interface LinkableEntries {
  readonly count: number;
  readonly kind: Uint8Array;
  readonly parent: Int32Array;
  readonly nameStart: Uint32Array;
  readonly nameLength: Uint16Array;
  readonly directories: DirectoryTable;
  /** The entries of kind link, ascending, with their targets. */
  readonly links: ReadonlyMap<number, Uint8Array>;
}

/**
 * Calls `onLink` for each hard link, in order, whose target is an earlier entry of the layer; `inode` is that entry, or
 * where this is a link, its own inode. Ignores links to directories.
 */
export function resolveLinks(entries: LinkableEntries, onLink: (link: number, inode: number) => void): void {
  const { count, kind, parent, nameStart, nameLength, directories, links } = entries;
  const targets = new Map<number, string>();
  /** The last entry of each path that a link names; NONE before the first one. */
  const inodes = new Map<string, number>();
  // Only names in these directories with these hashes are compared, because most entries are no targets.
  const inDirectory = new Uint8Array(directories.count);
  const hashes = new Set<number>();
  const parts: number[] = [];
  for (const [link, target] of links) {
    const depth = splitPath(target, parts);
    if (typeof depth === 'string' || depth === 0) continue;
    const directory = directories.find(target, parts, depth - 1);
    if (directory === -1) continue;
    const start = parts[depth * 2 - 2] ?? 0;
    const end = parts[depth * 2 - 1] ?? 0;
    const key = keyOf(directory, target.subarray(start, end));
    targets.set(link, key);
    inodes.set(key, NONE);
    inDirectory[directory] = 1;
    hashes.add(nameHash(SEED, directory, target, start, end));
  }
  for (let entry = 0; entry < count; entry++) {
    const entryKind = kind[entry] ?? Kind.ignored;
    if (entryKind === Kind.ignored || entryKind > Kind.fifo) continue;
    let inode = entryKind === Kind.directory ? NONE : entry;
    if (entryKind === Kind.link) {
      inode = inodes.get(targets.get(entry) ?? '') ?? NONE;
      if (inode !== NONE) onLink(entry, inode);
    }
    const length = nameLength[entry] ?? 0;
    const directory = parent[entry] ?? 0;
    if (inDirectory[directory] !== 1) continue;
    const name = directories.slice(nameStart[entry] ?? 0, (nameStart[entry] ?? 0) + length);
    if (!hashes.has(nameHash(SEED, directory, name, 0, length))) continue;
    const key = keyOf(directory, name);
    if (inodes.has(key)) inodes.set(key, inode);
  }
}

const NONE = -1;
/** Names that share a hash only cost time. */
const SEED = 0;

const latin1 = (name: Uint8Array): string =>
  Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1');

function keyOf(directory: number, name: Uint8Array): string {
  return `${directory}/${latin1(name)}`;
}
