import { statSync } from 'node:fs';
import { LayersError } from '@layers/errors';

/** The state of an archive in a file, to notice that another process changed it. */
export interface ArchiveState {
  readonly inode: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

/** Returns the state of a regular file; null for anything else, such as a pipe, a directory, or no file. */
export function archiveState(path: string): ArchiveState | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat?.isFile() === true ? { inode: stat.ino, size: stat.size, mtimeNs: stat.mtimeNs } : null;
}

/**
 * Yields chunks that are read from a file. Throws ERR_LAYERS_INPUT_CHANGED where the file changed meanwhile, also in place of
 * an error, which the change may have caused.
 */
export async function* whileUnchanged(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const before = archiveState(path);
  try {
    yield* chunks;
  } catch (error) {
    checkArchiveState(path, before);
    throw error;
  }
  checkArchiveState(path, before);
}

/** Throws ERR_LAYERS_INPUT_CHANGED where a file has another state. Does nothing where it was removed, or never was a file. */
export function checkArchiveState(path: string, before: ArchiveState | null): void {
  const now = before === null ? null : archiveState(path);
  if (before === null || now === null) return;
  if (now.inode === before.inode && now.size === before.size && now.mtimeNs === before.mtimeNs) return;
  throw new LayersError('ERR_LAYERS_INPUT_CHANGED', 'the archive changed while it was read', {
    archive: path,
    hint: 'another process writes to the archive: try again when it is done',
  });
}
