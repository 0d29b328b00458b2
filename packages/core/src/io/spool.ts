import { closeSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LayersError } from '@layers/errors';
import { systemReason } from './system-errors.js';
import { makeTemporaryDirectory } from './temporary-files.js';

/** A stream's bytes in a temporary file. */
export interface Spool {
  readonly path: string;
  /** Removes the file. May be called more than once. */
  remove(): void;
}

/**
 * Copies a stream into a temporary file, for work that reads its bytes twice. The file is removed when the process
 * exits, or when the stream or the disk fails.
 *
 * @param onCreate is called before anything is written
 * @param parent the directory in which the file gets a directory of its own
 *
 * Throws ERR_LAYERS_SPOOL if the file cannot be written, and what the stream throws.
 */
export async function spoolStream(
  stream: AsyncIterable<Uint8Array>,
  onCreate?: (spool: Spool) => void,
  parent: string = tmpdir(),
): Promise<Spool> {
  const directory = spooling(parent, () => makeTemporaryDirectory(parent));
  const spool: Spool = { path: join(directory.path, 'archive'), remove: directory.remove };
  try {
    onCreate?.(spool);
    await spoolTo(spool.path, stream, parent);
    return spool;
  } catch (error) {
    spool.remove();
    throw error;
  }
}

/**
 * Copies a stream into a new file of a temporary directory.
 *
 * @param parent the directory for temporary files
 *
 * Throws ERR_LAYERS_SPOOL if the file cannot be written, and what the stream throws.
 */
export async function spoolTo(
  path: string,
  stream: AsyncIterable<Uint8Array>,
  parent: string = tmpdir(),
): Promise<void> {
  const file = spooling(parent, () => openSync(path, 'wx', 0o600));
  try {
    for await (const chunk of stream) writeAll(file, chunk, parent);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, chunk: Uint8Array, parent: string): void {
  for (let done = 0; done < chunk.length; ) done += spooling(parent, () => writeSync(file, chunk, done));
}

function spooling<T>(parent: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    const message = `cannot write the temporary copy of the archive: ${systemReason(cause)}`;
    throw new LayersError('ERR_LAYERS_SPOOL', message, {
      cause,
      hint:
        parent === tmpdir()
          ? `temporary files go to ${parent}: set TMPDIR to another directory`
          : `the copy goes to ${parent}: free some space there`,
    });
  }
}
