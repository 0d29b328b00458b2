import { randomUUID } from 'node:crypto';
import { removeOnExit } from '@layers/core/io';
import { acquireLock } from './acquire-lock.js';
import { thisHolder } from './holder.js';

/**
 * Runs `work` while this process holds the lock at `path`, a file of a folder that exists. The lock of a process that has ended
 * does not count.
 *
 * @throws LayersError ERR_LAYERS_STORE_LOCKED where another process has it; ERR_LAYERS_WRITE_OUTPUT; what `work` throws
 */
export async function withFolderLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await acquireLock(path, { holder: thisHolder(randomUUID()), holderFile: null, seconds: 0, signal });
  const release = removeOnExit(path);
  try {
    return await work();
  } finally {
    release();
  }
}
