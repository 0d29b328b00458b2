import { existsSync, realpathSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  makeDirectories,
  makeTemporaryDirectory,
  systemCode,
  systemReason,
  writeNewFile,
} from '@layers/core/io';
import { isLayersError, LayersError } from '@layers/errors';

/**
 * Writes a file with credentials atomically, readable by its owner only. A symlink stays, and its target is replaced.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS
 */
export async function writeConfig(path: string, text: string): Promise<void> {
  try {
    if (!existsSync(dirname(path))) makeDirectories(dirname(path), 0o700);
    const final = finalPath(path);
    const directory = makeTemporaryDirectory(dirname(final), `.${basename(final).slice(0, 48)}.`);
    try {
      const temporary = join(directory.path, 'new');
      const bytes = new TextEncoder().encode(text);
      await writeNewFile(temporary, { name: path, mode: 0o600, sync: true }, ({ write }) => write(bytes));
      renameSync(temporary, final);
    } finally {
      directory.remove();
    }
  } catch (error) {
    const cause = isLayersError(error) ? error.cause : error;
    throw new LayersError('ERR_LAYERS_CREDENTIALS', `cannot write ${path}: ${systemReason(cause)}`, {
      archive: path,
      cause,
      hint: 'check the directory and its permissions, or name another file in REGISTRY_AUTH_FILE',
    });
  }
}

function finalPath(path: string): string {
  try {
    const final = realpathSync(path);
    if (statSync(final).isFile()) return final;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return path;
    throw error;
  }
  throw new Error('not a regular file');
}
