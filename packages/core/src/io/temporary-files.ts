import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const removers = new Map<string, () => void>();

const removeRecursively = (path: string): void => rmSync(path, { recursive: true, force: true });

function removeAll(): void {
  for (const remove of removers.values()) {
    try {
      remove();
    } catch {
      // The process ends: the error cannot be reported, and the next path must still be removed.
    }
  }
}

/**
 * Removes a file or directory when the process exits, for whatever reason. The path need not exist.
 *
 * @param remove removes the path, where deleting it recursively is not enough
 * @returns a function that removes the path at once; it may be called more than once
 */
export function removeOnExit(path: string, remove = removeRecursively): () => void {
  if (removers.size === 0) process.on('exit', removeAll);
  removers.set(path, () => remove(path));
  return () => {
    if (!removers.has(path)) return;
    remove(path);
    removers.delete(path);
    if (removers.size === 0) process.off('exit', removeAll);
  };
}

/** A directory for temporary files. */
export interface TemporaryDirectory {
  readonly path: string;
  /** Removes the directory with everything in it. May be called more than once. */
  remove(): void;
}

/**
 * Creates a directory with a unique name, which only its owner can enter. It is removed when the process exits.
 * Throws the system's own errors.
 *
 * @param remove removes the directory, where deleting it recursively is not enough
 */
export function makeTemporaryDirectory(
  parent: string = tmpdir(),
  prefix = 'layers-',
  remove = removeRecursively,
): TemporaryDirectory {
  const path = mkdtempSync(join(parent, prefix));
  return { path, remove: removeOnExit(path, remove) };
}

/** Returns a hidden, unused name in the directory of `path`. Its extension is `kind`. */
export function temporaryName(path: string, kind: string): string {
  // File names have at most 255 bytes, and a character takes up to four of them.
  const start = basename(path).slice(0, 48);
  return join(dirname(path), `.${start}.${randomBytes(6).toString('hex')}.${kind}`);
}
