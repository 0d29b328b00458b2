import { posix, win32 } from 'node:path';
import { dockerfileError } from './dockerfile-error.js';

/**
 * Returns the directory that WORKDIR sets. A relative path is joined to the previous directory. An absolute path of Linux is
 * returned unchanged, as Docker does.
 *
 * @param previous empty if none is set
 * @throws LayersError ERR_LAYERS_DOCKERFILE for an empty path
 */
export function resolveWorkdir(previous: string, path: string, isWindows: boolean): string {
  if (path === '') throw dockerfileError('cannot normalize nothing', 'write WORKDIR /app');
  if (!isWindows) return path.startsWith('/') ? path : withoutSlash(posix.join('/', previous, path));
  const from = previous === '' ? 'C:\\' : previous;
  const resolved = win32.normalize(/^[A-Za-z]:/.test(path) ? path : win32.resolve(from, path));
  return resolved.charAt(0).toUpperCase() + resolved.slice(1);
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
