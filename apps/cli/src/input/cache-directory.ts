import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathStatus } from '@layers/core/io';

type Environment = Readonly<Record<string, string | undefined>>;

/** The value of `LAYERS_CACHE` for no cache. */
const OFF = 'off';

/** Returns the directory for indexes of layers; null if the user wants none, or has no home directory. */
export function layerCacheDirectory(env: Environment): string | null {
  const wanted = env['LAYERS_CACHE'];
  if (wanted === OFF) return null;
  if (wanted !== undefined && wanted !== '') return wanted;
  const directory = userCacheDirectory(env);
  return directory === null ? null : join(directory, 'indexes');
}

/**
 * Returns the directory for what can be made again: below `base`, else that of the platform; null if the user has no home
 * directory.
 *
 * @param base in place of the directory of the platform
 */
export function userCacheDirectory(env: Environment, base = env['XDG_CACHE_HOME']): string | null {
  if (base !== undefined && base !== '') return join(base, 'layers');
  if (process.platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? '';
    return local === '' ? null : join(local, 'layers', 'Cache');
  }
  const home = env['HOME'] || homedir();
  if (!isOwn(home)) return null;
  return join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'layers');
}

/** Whether a directory exists and belongs to this user: root must not leave files in the home directory of another. */
function isOwn(directory: string): boolean {
  const stat = pathStatus(directory);
  return stat?.isDirectory() === true && isUser(stat.uid);
}

/** Whether an id is that of this user. */
export function isUser(uid: number): boolean {
  return process.getuid === undefined || process.getuid() === uid;
}
