import { randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import type { Destination, Folder } from './destination.js';
import { writeError } from './extract-error.js';
import { isThere } from './is-there.js';

/**
 * Whether the directory's file system takes names for the same that differ in case or in how accents are encoded:
 * writes an empty file, looks for it under such another name, and removes it. Throws the system's error.
 */
function mergesNames(folder: Folder): boolean {
  const id = randomBytes(8).toString('hex');
  const path = folder.at(Buffer.from(`.layers-\u00e9-${id}`));
  closeSync(openSync(path, 'wx', 0o600));
  try {
    return [`.LAYERS-\u00e9-${id}`, `.layers-e\u0301-${id}`].some((name) =>
      isThere(folder.at(Buffer.from(name))),
    );
  } finally {
    unlinkSync(path);
  }
}

/** A name as file systems that merge names see it. More names may fall together here than on any one of them. */
export function foldedName(name: Uint8Array): string {
  return Buffer.from(name).toString('utf8').normalize('NFC').toLowerCase().normalize('NFC');
}

/**
 * The live nodes whose names fall together with that of another live node of their directory; none where the
 * destination's file system keeps all names apart. Throws ERR_LAYERS_WRITE_OUTPUT.
 */
export function findMergedNames(union: Union, destination: Destination): ReadonlySet<number> {
  try {
    return mergesNames(destination) ? nodesOfMergedNames(union) : new Set();
  } catch (error) {
    throw writeError(error, destination.path, Buffer.from('/'));
  }
}

/** `findMergedNames` for a file system that merges names. */
export function nodesOfMergedNames(union: Union): ReadonlySet<number> {
  const { nodes } = union;
  const merged = new Set<number>();
  const lookIn = (directory: number): void => {
    const seen = new Map<string, number>();
    for (let at = nodes.firstChild(directory); at !== NONE; at = nodes.nextSibling(at)) {
      const name = foldedName(nodes.nameOf(at));
      const other = seen.get(name);
      seen.set(name, at);
      if (other !== undefined) merged.add(at).add(other);
    }
  };
  lookIn(ROOT);
  for (const node of walkNodes(union, ROOT)) if (nodes.isLiveDirectory(node)) lookIn(node);
  return merged;
}
