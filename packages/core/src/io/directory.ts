import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { SyncByteSource } from './byte-source.js';
import { fileSource } from './file-source.js';
import { reading, systemCode } from './system-errors.js';

/** Where a name of a directory leads. */
export interface Place {
  /** The path without symlinks. */
  readonly path: string;
  /** Whether it is in the directory. */
  readonly isInside: boolean;
}

/** A directory whose files are read by name. */
export interface Directory {
  /**
   * Follows the symlinks of a name, wherever they lead. Returns null where there is no such file, `cycle` where the
   * symlinks form one.
   *
   * @throws LayersError ERR_LAYERS_READ where the system refuses
   */
  locate(name: string): Place | 'cycle' | null;
  /** Returns where a symlink at `from` with the target `target` would lead; null where there is no such file. */
  locateTarget(from: Place, target: string): Place | null;
  /** Returns the bytes of a file; null for anything but a regular file. Throws ERR_LAYERS_READ. */
  file(place: Place): SyncByteSource | null;
  /** Returns the names of everything that is not a directory, in directories of any depth. Throws ERR_LAYERS_READ. */
  names(): Iterable<string>;
}

/** Opens a directory. Throws ERR_LAYERS_READ. */
export function openDirectory(path: string): Directory {
  const root = reading(path, () => realpathSync(path));
  const placeOf = (real: string): Place => ({ path: real, isInside: isInside(root, real) });
  return {
    locate(name) {
      const file = join(root, name);
      try {
        return placeOf(realpathSync(file));
      } catch (error) {
        const code = systemCode(error);
        if (code !== undefined && NO_SUCH_FILE.has(code)) return null;
        if (code === 'ELOOP') return 'cycle';
        return reading(file, () => {
          throw error;
        });
      }
    },
    locateTarget(from, target) {
      try {
        return placeOf(realpathSync(resolve(dirname(from.path), target)));
      } catch {
        return null;
      }
    },
    file(place) {
      const stat = reading(place.path, () => lstatSync(place.path));
      return stat.isFile() ? fileSource(place.path, stat.size) : null;
    },
    names: () => namesIn(root),
  };
}

/** Returns what is at a path: the bytes of a file, a directory, or null for a pipe or device. Throws ERR_LAYERS_READ. */
export function openPath(
  path: string,
):
  | { readonly kind: 'file'; readonly source: SyncByteSource }
  | { readonly kind: 'directory'; readonly directory: Directory }
  | null {
  const stat = reading(path, () => statSync(path));
  if (stat.isDirectory()) return { kind: 'directory', directory: openDirectory(path) };
  return stat.isFile() ? { kind: 'file', source: fileSource(path, stat.size) } : null;
}

/** The codes for a missing file, and for names that no file can have: too long ones, and those with a NUL byte. */
const NO_SUCH_FILE: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ERR_INVALID_ARG_VALUE',
]);

function isInside(root: string, real: string): boolean {
  const inside = relative(root, real);
  return inside !== '..' && !inside.startsWith(`..${sep}`);
}

function* namesIn(root: string): Generator<string> {
  const directories = [''];
  for (;;) {
    const directory = directories.pop();
    if (directory === undefined) return;
    for (const item of reading(root, () => readdirSync(join(root, directory), { withFileTypes: true }))) {
      const name = directory === '' ? item.name : `${directory}/${item.name}`;
      if (item.isDirectory()) directories.push(name);
      else yield name;
    }
  }
}
