import { closeSync, constants, openSync } from 'node:fs';
import { NONE, ROOT, type Union } from '@layers/core/rootfs';
import { type Destination, directoryAt, type OpenDirectory } from './destination.js';

/** The most directories that stay open. Each takes a file descriptor, of which systems allow a few hundred. */
const MAX_OPEN = 64;

/** Opens directories of the tree one level at a time, each from its open parent, without following symlinks. */
export interface OpenDirectories {
  /**
   * Opens the directory of a node. It stays open until others take its place; `pinned` stays open in any case.
   * Throws the system's own errors: ELOOP or ENOTDIR if another process replaced the directory.
   */
  open(node: number, pinned?: number): OpenDirectory;
  /** Closes all directories, including the destination. */
  close(): void;
}

interface CachedDirectory extends OpenDirectory {
  /** Where it was opened; empty if paths go through descriptors. */
  readonly path: Uint8Array;
}

const NO_PATH = new Uint8Array(0);

/**
 * An open directory stays the same one, whatever other processes do to the paths that lead to it. A process that may
 * write to the destination can still move a directory while it is being filled, or replace files in a directory of its
 * own. On systems without /proc, each level is opened without following symlinks, but only when it is entered.
 */
export function createOpenDirectories(union: Union, destination: Destination): OpenDirectories {
  const { nodes } = union;
  const opened = new Map<number, CachedDirectory>();
  const root: CachedDirectory = {
    fd: destination.fd,
    at: destination.at,
    path: Buffer.from(destination.path),
  };

  const evict = (pinned: number): void => {
    for (const [node, { fd }] of opened) {
      if (opened.size <= MAX_OPEN) return;
      if (node === pinned) continue;
      opened.delete(node);
      closeSync(fd);
    }
  };

  const enter = (parent: CachedDirectory, node: number): CachedDirectory => {
    const name = nodes.nameOf(node);
    const fd = openSync(
      parent.at(name),
      constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    const path = destination.isPinned ? NO_PATH : parent.at(name);
    return { ...directoryAt(fd, path, destination.isPinned), path };
  };

  return {
    open(node, pinned = NONE) {
      const chain: number[] = [];
      let above = node;
      while (above !== ROOT && !opened.has(above)) {
        chain.push(above);
        above = nodes.parentOf(above);
      }
      let directory = above === ROOT ? root : (opened.get(above) ?? root);
      if (above !== ROOT && directory !== root) {
        // The most recently used comes last, so that the least recently used is closed first.
        opened.delete(above);
        opened.set(above, directory);
      }
      for (let i = chain.length - 1; i >= 0; i--) {
        const next = chain[i] ?? ROOT;
        directory = enter(directory, next);
        opened.set(next, directory);
        if (opened.size > MAX_OPEN) evict(pinned);
      }
      return directory;
    },
    close() {
      for (const { fd } of opened.values()) closeSync(fd);
      opened.clear();
      closeSync(destination.fd);
    },
  };
}
