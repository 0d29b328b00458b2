import { join } from 'node:path';
import { removeOnExit } from '@layers/core/io';
import type { Store, StoreOptions } from '../layout/store.js';
import type { HeldLease } from '../lease/with-lease.js';
import { acquireLock } from './take-lock.js';

/** The lock of a store. */
export const LOCK = 'lock';

const DEFAULT_SECONDS = 60;

/**
 * Does what only one process at a time may do in a store: changes of its index, and collecting garbage. Copying of
 * blobs is no such thing. Throws as `takeLock` does.
 */
export async function withStoreLock<T>(
  store: Store,
  { holder, holderFile }: HeldLease,
  { signal, lockSeconds = DEFAULT_SECONDS }: StoreOptions,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(store.path, '.layers', LOCK);
  await acquireLock(path, { holder, holderFile, seconds: lockSeconds, signal });
  const release = removeOnExit(path);
  try {
    return await work();
  } finally {
    release();
  }
}
