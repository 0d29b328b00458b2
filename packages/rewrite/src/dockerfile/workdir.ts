import { posix, win32 } from 'node:path';
import { dockerfileError } from './dockerfile-error.js';

/**
 * Returns the directory that WORKDIR sets. A relative path is joined to the previous directory. An absolute path of Linux is
 * returned unchanged, as Docker does. A path of Windows gets backslashes, and the drive C: where it has none.
 *
 * @param previous empty if none is set
 * @throws LayersError ERR_LAYERS_DOCKERFILE for an empty path
 */
export function resolveWorkdir(previous: string, path: string, isWindows: boolean): string {
  if (path === '') throw dockerfileError('cannot normalize nothing', 'write WORKDIR /app');
  if (!isWindows) return path.startsWith('/') ? path : withoutSlash(posix.join('/', previous, path), '/');
  const resolved = withoutSlash(windowsPath(previous, win32.normalize(path)), '\\');
  return resolved.charAt(0).toUpperCase() + resolved.slice(1);
}

/** Paths without a drive are on C:, also where the previous directory is on another drive, as for Docker. */
function windowsPath(previous: string, path: string): string {
  if (/^[A-Za-z]:/.test(path)) return path;
  return win32.join(path.startsWith('\\') || previous === '' ? 'C:\\' : previous, path);
}

function withoutSlash(path: string, slash: string): string {
  const isRoot = path === slash || /^[A-Za-z]:\\$/.test(path);
  return !isRoot && path.endsWith(slash) ? path.slice(0, -1) : path;
}
