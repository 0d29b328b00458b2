import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, openSync, unlinkSync } from 'node:fs';
import { NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import type { Destination, OpenDirectory } from './destination.js';
import { extractError } from './extract-error.js';

/**
 * Returns whether a file system ignores case or the encoding of accents in names: creates an empty file, looks for it
 * under another spelling, and removes it. Throws the system's own errors.
 */
function mergesNames(directory: OpenDirectory): boolean {
  const id = randomBytes(8).toString('hex');
  const path = directory.at(Buffer.from(`.layers-\u00e9-${id}`));
  closeSync(openSync(path, 'wx', 0o600));
  try {
    return [`.LAYERS-\u00e9-${id}`, `.layers-e\u0301-${id}`].some(
      (name) => lstatSync(directory.at(Buffer.from(name)), { throwIfNoEntry: false }) !== undefined,
    );
  } finally {
    unlinkSync(path);
  }
}

/** Returns the form in which file systems compare names. It merges at least as many names as any of them does. */
export function foldedName(name: Uint8Array): string {
  return Buffer.from(name).toString('utf8').normalize('NFC').toLowerCase().normalize('NFC');
}

/**
 * Returns the live nodes whose names the destination's file system does not distinguish from that of another live node
 * in the same directory. Throws ERR_LAYERS_WRITE_OUTPUT.
 */
export function findMergedNames(union: Union, destination: Destination): ReadonlySet<number> {
  try {
    return mergesNames(destination) ? nodesOfMergedNames(union) : new Set();
  } catch (error) {
    throw extractError(destination.path, Buffer.from('/'), error);
  }
}

/** Returns what `findMergedNames` does for a file system that ignores case and the encoding of accents. */
export function nodesOfMergedNames(union: Union): ReadonlySet<number> {
  const { nodes } = union;
  const merged = new Set<number>();
  const addMergedNames = (directory: number): void => {
    const seen = new Map<string, number>();
    for (let node = nodes.firstChild(directory); node !== NONE; node = nodes.nextSibling(node)) {
      const name = foldedName(nodes.nameOf(node));
      const other = seen.get(name);
      seen.set(name, node);
      if (other !== undefined) merged.add(node).add(other);
    }
  };
  addMergedNames(ROOT);
  for (const node of walkNodes(union, ROOT)) if (nodes.isLiveDirectory(node)) addMergedNames(node);
  return merged;
}
