import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { LayersError } from '@layers/errors';
import { readError } from '../../io/system-errors.js';
import { type ArchiveFile, type ArchiveReader, cleanName } from './archive-reader.js';
import { checkDocumentSize } from './file-archive-reader.js';

/**
 * The files of a directory: an OCI layout, or an archive that someone unpacked. Symlinks are followed where they
 * stay inside it. Throws ERR_LAYERS_READ where the system refuses.
 */
export function readLayoutMembers(path: string): ArchiveReader {
  const root = attempt(path, () => realpathSync(path));
  const member = (name: string): ArchiveFile | null => {
    const clean = cleanName(name);
    if (clean === null || clean === '') return null;
    const real = realPathInside(root, join(root, clean));
    if (real === null) return null;
    const stat = attempt(real, () => lstatSync(real));
    return stat.isFile() ? { name: clean, type: 'file', size: stat.size, target: null } : null;
  };
  return {
    medium: 'directory',
    seekable: true,
    compression: null,
    bytes: null,
    find: member,
    names: () => listFiles(root),
    read(found) {
      checkDocumentSize(found);
      return attempt(found.name, () => readFileSync(join(root, found.name)));
    },
    layer: (found) => ({
      from: 'range',
      range: { path: join(root, found.name), offset: 0, length: found.size },
    }),
    occurrence: () => 1,
    findings: [],
  };
}

/** Also for names that no file can have: too long ones, and those with a NUL byte. */
const NO_SUCH_FILE: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ERR_INVALID_ARG_VALUE',
]);

function realPathInside(root: string, path: string): string | null {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (NO_SUCH_FILE.has(code)) return null;
    if (code === 'ELOOP') throw badLink(root, path, 'links of the layout go in a circle');
    throw readError(path, error);
  }
  const inside = relative(root, real);
  if (inside === '..' || inside.startsWith(`..${sep}`)) {
    throw badLink(root, path, 'a symlink leads out of the layout and is not followed');
  }
  return real;
}

function badLink(root: string, path: string, message: string): LayersError {
  return new LayersError('ERR_LAYERS_ARCHIVE_LINK', message, {
    file: relative(root, path),
    hint: 'copy the layout with its links resolved, for example with cp -RL',
  });
}

function* listFiles(root: string): Generator<string> {
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const at = folder;
    for (const item of attempt(root, () => readdirSync(join(root, at), { withFileTypes: true }))) {
      const name = at === '' ? item.name : `${at}/${item.name}`;
      if (item.isDirectory()) folders.push(name);
      else yield name;
    }
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw readError(path, cause);
  }
}
