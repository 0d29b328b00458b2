import { lstatSync, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, writeError, writing } from '@layers/core/io';
import { storeError } from './store-error.js';

/**
 * A folder within the store, made where it is absent. A symlink in its place, which could lead out of the store, is
 * refused with ERR_LAYERS_STORE; throws ERR_LAYERS_WRITE_OUTPUT where it cannot be made.
 *
 * @param root the store's own folder, which exists
 */
export function makeFolder(root: string, ...names: readonly string[]): string {
  let path = root;
  for (const name of names) {
    path = join(path, name);
    if (isFolder(path)) continue;
    try {
      mkdirSync(path);
    } catch (cause) {
      if (systemCode(cause) !== 'EEXIST' || !isFolder(path)) throw writeError(path, cause);
    }
  }
  return path;
}

/** Whether there is a folder; throws ERR_LAYERS_STORE for anything else that has its name. */
export function isFolder(path: string): boolean {
  const stat = writing(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stat === undefined) return false;
  if (stat.isDirectory()) return true;
  throw storeError(
    path,
    'is no folder',
    'a store keeps everything within itself: put the folder itself there',
  );
}

/** What systems answer that cannot do this for folders. */
const NO_SYNC: ReadonlySet<string | undefined> = new Set(['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'EBADF']);

/** Resolves once the names in a folder are on the disk. Throws ERR_LAYERS_WRITE_OUTPUT. */
export async function syncFolder(path: string): Promise<void> {
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
