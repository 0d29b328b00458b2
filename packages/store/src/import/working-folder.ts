import { posix, win32 } from 'node:path';
import { dockerfileError } from './dockerfile-error.js';

/**
 * The folder that WORKDIR names, a relative one going on from the former. An absolute one of Linux stays as it is
 * written, as Docker leaves it.
 *
 * @param former empty where there is none
 * @throws LayersError ERR_LAYERS_DOCKERFILE where there is no folder
 */
export function workingFolder(former: string, wanted: string, windows: boolean): string {
  if (wanted === '') throw dockerfileError('cannot normalize nothing', 'write WORKDIR /folder');
  if (!windows) return wanted.startsWith('/') ? wanted : withoutSlash(posix.join('/', former, wanted));
  const from = former === '' ? 'C:\\' : former;
  const to = win32.normalize(/^[A-Za-z]:/.test(wanted) ? wanted : win32.resolve(from, wanted));
  return to.charAt(0).toUpperCase() + to.slice(1);
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
