import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LayersError } from '@layers/errors';
import { type Holder, holderState } from './holder.js';
import { type LockOwner, readLockOwner, removeLock, tryAcquire } from './lock-file.js';

export interface LockSettings {
  /** A file that holds `holder` as JSON, in the same file system. */
  readonly holderFile: string;
  readonly holder: Holder;
  /** How long to wait for whoever has the lock, in seconds. */
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;

/**
 * Takes the lock at `path`, waiting for who has it; the lock of a process that has ended is broken. Whoever has taken it
 * removes the file, once.
 *
 * Throws ERR_LAYERS_STORE_LOCKED where others hold it for too long, ERR_LAYERS_WRITE_OUTPUT, and what `signal` throws.
 */
export async function acquireLock(path: string, settings: LockSettings): Promise<void> {
  const { holder, holderFile, seconds, signal } = settings;
  const deadline = performance.now() + seconds * 1000;
  let wait = FIRST_WAIT_MS;
  for (;;) {
    signal?.throwIfAborted();
    if (tryAcquire(path, holderFile, holder)) return;
    const owner = readLockOwner(path);
    if (owner === null) continue;
    if (owner !== 'unknown' && holderState(owner) === 'dead') {
      await breakLock(path, owner, settings);
      continue;
    }
    if (performance.now() > deadline) throw locked(path, owner, seconds);
    await setTimeout(wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

/**
 * Removes the lock of a process that has ended. Only who holds the lock on breaking this very one may do that, after
 * seeing that it is still the same: ids are never used again, so nobody ever removes a lock that lives.
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

/** What the names of locks on breaking locks begin with; the id of the lock that is broken follows. */
export const BREAK_PREFIX = 'break.';

function locked(path: string, owner: LockOwner, seconds: number): LayersError {
  const who = owner === 'unknown' || owner === null ? 'somebody' : `process ${owner.pid} on ${owner.host}`;
  return new LayersError(
    'ERR_LAYERS_STORE_LOCKED',
    `${who} has held the store for more than ${seconds} s: ${path}`,
    {
      archive: path,
      hint: 'try again when it is done; where no such process is at work any more, remove that file',
    },
  );
}
