import { type FileHandle, open } from 'node:fs/promises';
import { writeError } from './system-errors.js';

/** A new file that is written by position. */
export interface PositionedFile {
  /** Writes all of the chunk, whose memory is in use until this resolves. */
  writeAt(chunk: Uint8Array, position: number): Promise<void>;
  /** Resolves once everything that was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** So much is written before the disk is asked to begin with it: waiting for all of it at the end takes longer. */
const SYNC_BYTES = 64 * 1024 * 1024;

/**
 * Creates a file that must not exist. All of it throws ERR_LAYERS_WRITE_OUTPUT.
 *
 * @param name what errors call it
 * @param mode its permissions, before the umask
 */
export async function createPositionedFile(
  path: string,
  name: string,
  mode: number,
): Promise<PositionedFile> {
  const attempt = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw writeError(name, cause);
    }
  };
  const handle: FileHandle = await attempt(open(path, 'wx', mode));
  let unsynced = 0;
  let syncing: Promise<void> | null = null;
  let syncFailure: { readonly error: unknown } | null = null;
  const syncBehind = (): void => {
    unsynced = 0;
    syncing = handle
      .datasync()
      .catch((error: unknown) => {
        // The system tells of a failure once: it must not be lost before the end.
        syncFailure = { error };
      })
      .finally(() => {
        syncing = null;
      });
  };
  return {
    async writeAt(chunk, position) {
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await attempt(
          handle.write(chunk, done, chunk.length - done, position + done),
        );
        done += bytesWritten;
      }
      unsynced += chunk.length;
      if (unsynced >= SYNC_BYTES && syncing === null) syncBehind();
    },
    async sync() {
      await syncing;
      if (syncFailure !== null) throw writeError(name, syncFailure.error);
      await attempt(handle.sync());
    },
    async close() {
      await syncing;
      await attempt(handle.close());
    },
  };
}
