import { join } from 'node:path';
import { isLayersError, LayersError } from '@layers/errors';
import { withFolderLock } from '@layers/store/lock';
import { FleetFolder } from './fleet-folder.js';

/**
 * Opens a fleet to write to it, while no other process does.
 *
 * @throws LayersError ERR_LAYERS_STORE_LOCKED where another process writes; ERR_LAYERS_OUTPUT_EXISTS for a folder with other
 *   files; ERR_LAYERS_READ; ERR_LAYERS_WRITE_OUTPUT; what `work` throws
 */
export async function withLockedFolder<Result>(
  path: string,
  signal: AbortSignal | undefined,
  work: (folder: FleetFolder) => Promise<Result>,
): Promise<Result> {
  FleetFolder.prepare(path);
  let isLocked = false;
  try {
    return await withFolderLock(join(path, '.lock'), signal, async () => {
      isLocked = true;
      return await work(FleetFolder.openToWrite(path));
    });
  } catch (error) {
    if (isLocked || !isLayersError(error) || error.code !== 'ERR_LAYERS_STORE_LOCKED') throw error;
    throw new LayersError('ERR_LAYERS_STORE_LOCKED', `another process writes to the fleet ${path}`, {
      archive: path,
      hint: 'wait until it is done, or name another folder',
      cause: error,
    });
  }
}
