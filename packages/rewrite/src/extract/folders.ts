import { closeSync, constants, openSync } from 'node:fs';
import { NONE, ROOT, type Union } from '@layers/core/rootfs';
import { type Destination, type Folder, folderAt } from './destination.js';

/** So many directories stay open. Each is one file descriptor; systems allow few hundred. */
const MAX_OPEN = 64;

/** Opens directories of the tree one level at a time, from one that is open, and never through a symlink. */
export interface Folders {
  /**
   * The directory of a node. It stays open until others push it out, `pinned` not among them.
   * Throws the system's error, ELOOP or ENOTDIR where something else has taken its place.
   */
  open(node: number, pinned?: number): Folder;
  /** Closes all of them, the destination too. */
  close(): void;
}

interface OpenFolder extends Folder {
  /** Where it was opened, where that is needed. */
  readonly path: Uint8Array;
}

const NOWHERE = new Uint8Array(0);

/**
 * A directory once opened is the same one for as long as it is open, whatever others do to the paths that lead to it.
 * What is left to someone who may write to the destination: moving a directory elsewhere while it is being filled,
 * and exchanging what stands in a directory that was there before and is theirs. Where the system cannot name what
 * stands in an open directory, each level is still opened without following symlinks, but only when it is entered.
 */
export function createFolders(union: Union, destination: Destination): Folders {
  const { nodes } = union;
  const opened = new Map<number, OpenFolder>();
  const root: OpenFolder = { fd: destination.fd, at: destination.at, path: Buffer.from(destination.path) };

  const evict = (pinned: number): void => {
    for (const [node, { fd }] of opened) {
      if (opened.size <= MAX_OPEN) return;
      if (node === pinned) continue;
      opened.delete(node);
      closeSync(fd);
    }
  };

  const enter = (parent: OpenFolder, node: number): OpenFolder => {
    const name = nodes.nameOf(node);
    const fd = openSync(
      parent.at(name),
      constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    const path = destination.isPinned ? NOWHERE : parent.at(name);
    return { ...folderAt(fd, path, destination.isPinned), path };
  };

  return {
    open(node, pinned = NONE) {
      const chain: number[] = [];
      let at = node;
      while (at !== ROOT && !opened.has(at)) {
        chain.push(at);
        at = nodes.parentOf(at);
      }
      let folder = at === ROOT ? root : (opened.get(at) ?? root);
      if (at !== ROOT && folder !== root) {
        // The newest stands last, so that the oldest goes first.
        opened.delete(at);
        opened.set(at, folder);
      }
      for (let i = chain.length - 1; i >= 0; i--) {
        const next = chain[i] ?? ROOT;
        folder = enter(folder, next);
        opened.set(next, folder);
        if (opened.size > MAX_OPEN) evict(pinned);
      }
      return folder;
    },
    close() {
      for (const { fd } of opened.values()) closeSync(fd);
      opened.clear();
      closeSync(destination.fd);
    },
  };
}
