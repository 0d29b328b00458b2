import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LayersError } from '@layers/errors';
import { type Holder, holderState, type LockHolder } from './holder.js';
import { type LockOwner, readLockOwner, removeLock, tryAcquire } from './lock-file.js';

export interface LockSettings extends LockHolder {
  /** How long to wait for the current owner, in seconds. */
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;

/**
 * Acquires the lock at `path`; the caller removes the file once. Waits for a live owner, and breaks the lock of a process
 * that has ended.
 *
 * @throws LayersError ERR_LAYERS_STORE_LOCKED if a live owner keeps it for longer than `seconds`;
 *   ERR_LAYERS_WRITE_OUTPUT; what `signal` throws
 */
export async function acquireLock(path: string, settings: LockSettings): Promise<void> {
  const { holder, holderFile, seconds, signal } = settings;
  const deadline = performance.now() + seconds * 1000;
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    signal?.throwIfAborted();
    if (tryAcquire(path, holderFile, holder)) return;
    const owner = readLockOwner(path);
    if (owner === null) continue;
    if (owner !== 'unknown' && holderState(owner) === 'dead') {
      await breakLock(path, owner, settings);
      continue;
    }
    if (performance.now() > deadline) throw lockedError(path, owner, seconds);
    await setTimeout(waitMs * (0.5 + Math.random()));
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
}

/**
 * Removes the lock of a process that has ended. Only the owner of a second lock, named after the id of the stale one, may
 * do so, and only if the lock still has that id. Ids are never reused, so a live lock is never removed.
 */
async function breakLock(path: string, stale: Holder, settings: LockSettings): Promise<void> {
  const breaking = join(dirname(path), `${BREAK_PREFIX}${stale.id}`);
  await acquireLock(breaking, settings);
  try {
    const owner = readLockOwner(path);
    if (owner !== null && owner !== 'unknown' && owner.id === stale.id) removeLock(path);
  } finally {
    removeLock(breaking);
  }
}

/** The prefix of the locks that allow breaking a stale lock. The id of the stale lock follows. */
export const BREAK_PREFIX = 'break.';

function lockedError(path: string, owner: LockOwner, seconds: number): LayersError {
  const who =
    owner === 'unknown' || owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new LayersError(
    'ERR_LAYERS_STORE_LOCKED',
    `${who} has held the store for more than ${seconds} s: ${path}`,
    {
      archive: path,
      hint: 'try again when that process is done; if it does not run any more, remove that file',
    },
  );
}
