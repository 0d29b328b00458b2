import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LayersError } from '@layers/errors';

/** A stream's bytes in a temporary file. */
export interface Spool {
  readonly path: string;
  /** Removes the file. May be called more than once, also while the process ends. */
  remove(): void;
}

/**
 * Copies a stream into a temporary file, for work that needs its bytes twice. `onCreate` is told before anything is
 * written, so that the caller can arrange the removal also for an interrupt.
 *
 * @param parent the folder in which it lies, in a folder of its own
 *
 * Throws ERR_LAYERS_SPOOL where the file cannot be written; it is then removed.
 */
export async function spoolStream(
  stream: AsyncIterable<Uint8Array>,
  onCreate?: (spool: Spool) => void,
  parent: string = tmpdir(),
): Promise<Spool> {
  const folder = writing(parent, () => mkdtempSync(join(parent, 'layers-')));
  const spool: Spool = {
    path: join(folder, 'archive'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  onCreate?.(spool);
  try {
    const file = writing(parent, () => openSync(spool.path, 'wx', 0o600));
    try {
      for await (const chunk of stream) writeAll(file, chunk, parent);
    } finally {
      closeSync(file);
    }
    return spool;
  } catch (error) {
    spool.remove();
    throw error;
  }
}

function writeAll(file: number, chunk: Uint8Array, parent: string): void {
  for (let done = 0; done < chunk.length; ) done += writing(parent, () => writeSync(file, chunk, done));
}

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left',
  ENOENT: 'the folder does not exist',
  EACCES: 'permission is denied',
  EROFS: 'the file system is read-only',
};

function writing<T>(parent: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    const why = WHY[code] ?? code;
    throw new LayersError('ERR_LAYERS_SPOOL', `the temporary copy of the archive cannot be written: ${why}`, {
      cause,
      hint:
        parent === tmpdir()
          ? `it goes to ${parent}; TMPDIR names another folder`
          : `it goes to ${parent}, where there has to be room`,
    });
  }
}
