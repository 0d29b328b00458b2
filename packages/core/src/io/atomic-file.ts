import { linkSync, lstatSync, realpathSync, renameSync, statSync } from 'node:fs';
import { LayersError } from '@layers/errors';
import { writeNewFile } from './new-file.js';
import type { OutputFile, OutputFileOptions } from './output-file.js';
import { isSpecialFile, withSpecialFile } from './special-file.js';
import { systemCode, withOutputPath, writeError, writing } from './system-errors.js';
import { removeOnExit, temporaryName } from './temporary-files.js';

/**
 * Writes the file `path` atomically: `use` writes a temporary file in the same directory, which is renamed once it is on
 * the disk. The temporary file is removed if `use` or the system fails, or the process exits. Devices and pipes
 * (`/dev/null`, `/dev/stdout`) are written to directly.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS if the file exists before `use` is called or appears meanwhile,
 * ERR_LAYERS_WRITE_OUTPUT, and what `use` and `signal` throw.
 */
export async function withAtomicFile<T>(
  path: string,
  options: OutputFileOptions,
  use: (file: OutputFile) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  if (isSpecialFile(path)) return withSpecialFile(path, options.signal, use);
  const final = finalPath(path, options.force);
  const temporary = temporaryName(final, 'partial');
  const remove = removeOnExit(temporary);
  try {
    const result = await writeNewFile(temporary, { name: path, mode: 0o666, sync: true }, use);
    options.signal?.throwIfAborted();
    publish(temporary, final, options.force);
    return result;
  } catch (error) {
    // `use` may have written further temporary files for this one.
    throw withOutputPath(path, error);
  } finally {
    remove();
  }
}

/** Returns ERR_LAYERS_OUTPUT_EXISTS for `path`. */
export function outputExists(path: string): LayersError {
  return new LayersError('ERR_LAYERS_OUTPUT_EXISTS', `${path} already exists`, {
    hint: 'name another output, or allow this one to be replaced',
  });
}

/** Returns the path to replace: the target of a symlink, not the link. */
function finalPath(path: string, force: boolean): string {
  if (path.endsWith('/')) throw writeError(path, Object.assign(new Error(), { code: 'EISDIR' }));
  const stat = writing(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stat === undefined) return path;
  const target = writing(path, () => statSync(path, { throwIfNoEntry: false }));
  if (target?.isDirectory()) throw writeError(path, Object.assign(new Error(), { code: 'EISDIR' }));
  if (!force) throw outputExists(path);
  return stat.isSymbolicLink() && target !== undefined ? writing(path, () => realpathSync(path)) : path;
}

/** The error codes of file systems without hard links. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

function publish(temporary: string, path: string, force: boolean): void {
  if (!force) {
    try {
      // Unlike a rename, a link never replaces a file that appeared meanwhile.
      linkSync(temporary, path);
      return;
    } catch (cause) {
      const code = systemCode(cause);
      if (code === 'EEXIST') throw outputExists(path);
      if (!NO_LINKS.has(code)) throw writeError(path, cause);
    }
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw outputExists(path);
  }
  writing(path, () => renameSync(temporary, path));
}
