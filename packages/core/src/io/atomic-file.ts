import { linkSync, lstatSync, realpathSync, renameSync, statSync } from 'node:fs';
import { LayersError } from '@layers/errors';
import { withBufferedWriter } from './buffered-writer.js';
import type { OutputFile, OutputFileOptions } from './output-file.js';
import { createPositionedFile, type PositionedFile } from './positioned-file.js';
import { isSpecialFile, withSpecialFile } from './special-file.js';
import { systemCode, toldOf, writeError, writing } from './system-errors.js';
import { holdTemporary, nameBeside } from './temporary.js';

/**
 * Makes the file `path`, whole or not at all: `use` writes it under a temporary name in the same folder, and it gets
 * its own once it is on the disk. Nothing is left behind where `use` or the system fails, or the process exits.
 * What is no regular file (`/dev/null`, `/dev/stdout`, a pipe) is written to directly.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS, before `use` is called or when another file has come up meanwhile,
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
  const temporary = nameBeside(final, 'partial');
  const remove = holdTemporary(temporary);
  try {
    const result = await useAndClose(await createPositionedFile(temporary, path, 0o666), use);
    options.signal?.throwIfAborted();
    publish(temporary, final, options.force);
    return result;
  } catch (error) {
    // Parts of it may have been staged in files beside it.
    throw toldOf(path, error);
  } finally {
    remove();
  }
}

/** ERR_LAYERS_OUTPUT_EXISTS for `path`. */
export function outputExists(path: string): LayersError {
  return new LayersError('ERR_LAYERS_OUTPUT_EXISTS', `${path} exists already`, {
    hint: 'name another output, or replace this one with --force',
  });
}

/** Where the file will be: what a symlink leads to is replaced, not the link. */
function finalPath(path: string, force: boolean): string {
  if (path.endsWith('/')) throw writeError(path, Object.assign(new Error(), { code: 'EISDIR' }));
  const stat = writing(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stat === undefined) return path;
  const target = writing(path, () => statSync(path, { throwIfNoEntry: false }));
  if (target?.isDirectory()) throw writeError(path, Object.assign(new Error(), { code: 'EISDIR' }));
  if (!force) throw outputExists(path);
  return stat.isSymbolicLink() && target !== undefined ? writing(path, () => realpathSync(path)) : path;
}

async function useAndClose<T>(file: PositionedFile, use: (file: OutputFile) => Promise<T>): Promise<T> {
  let end = 0;
  const append = (bytes: Uint8Array): Promise<void> => {
    const position = end;
    end += bytes.length;
    return file.writeAt(bytes, position);
  };
  try {
    const result = await withBufferedWriter(append, ({ write }) => use({ write, writeAt: file.writeAt }));
    await file.sync();
    return result;
  } finally {
    await file.close();
  }
}

/** What file systems without hard links answer. */
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
      // Unlike a rename, a link never takes the place of a file that came up meanwhile.
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
