import { type Changeset, linkTargetOf, pathOf } from '../rootfs/changeset.js';
import { Kind } from '../rootfs/kind.js';
import { namesOfEntry } from './names-of-entry.js';

/** With more hard links, all layers are merged sooner. */
const MAX_LINKS = 20_000;

/**
 * Returns the paths that hard links join with a path, or with a path in it, directly or through other links: any further name
 * of a content that has a name there is one of them.
 *
 * @returns null where there are too many links
 */
export function linkedPaths(
  layers: readonly Changeset[],
  directory: readonly Uint8Array[],
): readonly Uint8Array[] | null {
  const joined = new Map<string, string[]>();
  let links = 0;
  for (const changeset of layers) {
    for (const entry of changeset.linkEntry) {
      if (changeset.kind[entry] !== Kind.link) continue;
      if (++links > MAX_LINKS) return null;
      const target = namesOfEntry(linkTargetOf(changeset, entry));
      if (target === null) continue;
      const [from, to] = [textOf(pathOf(changeset, entry)), pathText(target)];
      pushTo(joined, from, to);
      pushTo(joined, to, from);
    }
  }
  const top = pathText(directory);
  const isListed = (path: string): boolean => path === top || path.slice(0, path.lastIndexOf('/')) === top;
  const found = new Set([...joined.keys()].filter(isListed));
  // Also visits what is added.
  for (const path of found) for (const other of joined.get(path) ?? []) found.add(other);
  return [...found].map((path) => Buffer.from(path, 'latin1'));
}

function pushTo(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function pathText(names: readonly Uint8Array[]): string {
  return names.map((name) => `/${textOf(name)}`).join('');
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
