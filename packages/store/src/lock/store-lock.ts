import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeOnExit, writing } from '@layers/core/io';
import type { Store, StoreOptions } from '../layout/store.js';
import { acquireLock, BREAK_PREFIX } from './acquire-lock.js';
import { holderState, type LockHolder } from './holder.js';
import { readLockOwner, removeLock } from './lock-file.js';

const LOCK_FILE = 'lock';

const DEFAULT_SECONDS = 60;

/**
 * Runs `work` while this process holds the store's lock, which changes of the index and garbage collection need. Copying
 * blobs needs none. Throws as `acquireLock` does, and what `work` throws.
 */
export async function withStoreLock<T>(
  store: Store,
  { holder, holderFile }: LockHolder,
  { signal, lockSeconds = DEFAULT_SECONDS }: StoreOptions,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(store.path, '.layers', LOCK_FILE);
  await acquireLock(path, { holder, holderFile, seconds: lockSeconds, signal });
  const release = removeOnExit(path);
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * Removes the files of processes that ended while they broke a stale lock. The caller holds the store's lock: the stale
 * locks are gone then, so that these files have no meaning any more.
 */
export function removeDeadLocks({ path }: Store): void {
  const directory = join(path, '.layers');
  for (const name of writing(directory, () => readdirSync(directory))) {
    if (!name.startsWith(BREAK_PREFIX)) continue;
    const owner = readLockOwner(join(directory, name));
    if (owner !== null && owner !== 'unknown' && holderState(owner) === 'dead')
      removeLock(join(directory, name));
  }
}
