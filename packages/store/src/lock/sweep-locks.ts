import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writing } from '@layers/core/io';
import type { Store } from '../layout/store.js';
import { holderState } from './holder.js';
import { readLockOwner, removeLock } from './lock-file.js';
import { BREAK_PREFIX } from './take-lock.js';

/**
 * Removes what processes left that ended while they broke a lock. Under the lock of the store alone: none of the broken
 * locks is there any more then, so that nobody gains anything by these files.
 */
export function sweepLocks({ path }: Store): void {
  const folder = join(path, '.layers');
  for (const name of writing(folder, () => readdirSync(folder))) {
    if (!name.startsWith(BREAK_PREFIX)) continue;
    const owner = readLockOwner(join(folder, name));
    if (owner !== null && owner !== 'unknown' && holderState(owner) === 'dead')
      removeLock(join(folder, name));
  }
}
