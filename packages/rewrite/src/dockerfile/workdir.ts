import { posix, win32 } from 'node:path';
import { dockerfileError } from './dockerfile-error.js';

/**
 * Returns the directory that WORKDIR sets. A relative path is joined to the previous directory. An absolute path of Linux is
 * returned unchanged, as Docker does. A path of Windows gets backslashes, and the drive C: where it has none.
 *
 * @param previous empty if none is set
 * @throws LayersError ERR_LAYERS_DOCKERFILE for an empty path, and for a drive without a directory
 */
export function resolveWorkdir(previous: string, path: string, isWindows: boolean): string {
  if (path === '') throw dockerfileError('cannot normalize nothing', 'write WORKDIR /app');
  if (isWindows) return windowsWorkdir(cleanWindowsPath(previous), path);
  return path.startsWith('/') ? path : cleanWorkdir(posix.join('/', previous, path));
}

/** Returns an absolute path of Linux without `.`, `..`, double and trailing slashes, as `docker create --workdir` does. */
export function cleanWorkdir(path: string): string {
  return withoutSlash(posix.normalize(path), '/');
}

/** Whether a directory does not depend on the previous one. `c:dir` is relative to the current directory of its drive. */
export function isAbsoluteWorkdir(path: string, isWindows: boolean): boolean {
  return isWindows ? /^(?:[A-Za-z]:)?[\\/]/.test(path) : path.startsWith('/');
}

/** Paths without a drive are on C:, also where the previous directory is on another drive, as for Docker. */
function windowsWorkdir(previous: string, path: string): string {
  const cleaned = cleanWindowsPath(path);
  const joined = joinWindows(previous, path, cleaned);
  const resolved = withoutSlash(joined, '\\');
  return resolved.charAt(0).toUpperCase() + resolved.slice(1);
}

function joinWindows(previous: string, path: string, cleaned: string): string {
  if (previous !== '' && !isAbsoluteWorkdir(path, true)) return win32.join(previous, cleaned);
  return path.charAt(1) === ':' ? cleaned : win32.join('C:\\', cleaned);
}

/** Throws ERR_LAYERS_DOCKERFILE for `C:`, which is the current directory of a drive. */
function cleanWindowsPath(path: string): string {
  if (path === '') return '';
  const cleaned = win32.normalize(path);
  if (!/^[A-Za-z]:\.?$/.test(cleaned)) return cleaned;
  throw dockerfileError(
    `${cleaned} is not a directory. If you are specifying a drive letter, please add a trailing '\\'`,
    `write ${cleaned.slice(0, 2)}\\ for the root of the drive`,
  );
}

function withoutSlash(path: string, slash: string): string {
  const isRoot = path === slash || /^[A-Za-z]:\\$/.test(path);
  return !isRoot && path.endsWith(slash) ? path.slice(0, -1) : path;
}
