import { lstatSync, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, writeError, writing } from '@layers/core/io';
import { storeError } from './store-error.js';

/**
 * Creates a directory inside the store, unless it exists, and returns its path. Throws ERR_LAYERS_STORE for a symlink in its
 * place, which may lead outside of the store, and ERR_LAYERS_WRITE_OUTPUT.
 *
 * @param root the store's directory, which exists
 */
export function makeDirectory(root: string, ...names: readonly string[]): string {
  let path = root;
  for (const name of names) {
    path = join(path, name);
    if (isDirectory(path)) continue;
    try {
      mkdirSync(path);
    } catch (cause) {
      if (systemCode(cause) !== 'EEXIST' || !isDirectory(path)) throw writeError(path, cause);
    }
  }
  return path;
}

/** Returns whether the path is a directory. Throws ERR_LAYERS_STORE if it is a symlink or a file. */
export function isDirectory(path: string): boolean {
  const stat = writing(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stat === undefined) return false;
  if (stat.isDirectory()) return true;
  throw storeError(
    path,
    'is not a directory',
    'a store contains no symlinks: move the directory itself there',
  );
}

/** The error codes of systems that cannot sync directories. */
const NO_SYNC: ReadonlySet<string | undefined> = new Set(['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'EBADF']);

/** Writes the names in a directory to the disk (fsync). Throws ERR_LAYERS_WRITE_OUTPUT. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (!NO_SYNC.has(systemCode(cause))) throw writeError(path, cause);
  }
}
