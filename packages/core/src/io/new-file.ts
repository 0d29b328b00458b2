import { ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { withBufferedWriter } from './buffered-writer.js';
import { withDirectWriter } from './direct-writer.js';
import type { OutputFile } from './output-file.js';
import { writeError, writing } from './system-errors.js';

export interface NewFileOptions {
  /** The name that errors show. Default: the path. */
  readonly name?: string | undefined;
  /** Permissions before the umask. Default: 0600. */
  readonly mode?: number | undefined;
  /** Whether to fsync the file at the end. */
  readonly sync?: boolean | undefined;
  /**
   * Whether this thread writes, in place of others. It is faster for bytes of a connection: they come in large chunks, and
   * passing each of them to another thread takes longer than to write it.
   */
  readonly isDirect?: boolean | undefined;
}

/**
 * Creates a file, which must not exist, and calls `use` to write it. A file whose `use` fails stays. Throws
 * ERR_LAYERS_WRITE_OUTPUT, and what `use` throws.
 */
export async function writeNewFile<T>(
  path: string,
  { name = path, mode = 0o600, sync = false, isDirect = false }: NewFileOptions,
  use: (file: OutputFile) => Promise<T>,
): Promise<T> {
  const file = await createPositionedFile(path, name, mode);
  let end = 0;
  const advance = (bytes: Uint8Array): number => {
    const position = end;
    end += bytes.length;
    return position;
  };
  const { writeNow: writeAt, truncate } = file;
  try {
    const result = await (isDirect
      ? withDirectWriter(
          (bytes) => writeAt(bytes, advance(bytes)),
          (write) => use({ write, writeAt, truncate }),
        )
      : withBufferedWriter(
          (bytes) => file.write(bytes, advance(bytes)),
          ({ write }) => use({ write, writeAt, truncate }),
        ));
    if (sync) await file.sync();
    return result;
  } finally {
    await file.close();
  }
}

interface PositionedFile {
  /** Writes all of the chunk, whose memory is in use until this resolves. */
  write(chunk: Uint8Array, position: number): Promise<void>;
  /** Writes all of the chunk before it returns. */
  writeNow(chunk: Uint8Array, position: number): void;
  truncate(bytes: number): void;
  /** Resolves once everything that was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** After so many bytes the disk starts to write: one fsync of everything at the end takes longer. */
const SYNC_BYTES = 64 * 1024 * 1024;

async function createPositionedFile(path: string, name: string, mode: number): Promise<PositionedFile> {
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
  const syncInBackground = (): void => {
    unsynced = 0;
    syncing = handle
      .datasync()
      .catch((error: unknown) => {
        // The system reports a failure once: it must be kept until the end.
        syncFailure = { error };
      })
      .finally(() => {
        syncing = null;
      });
  };
  const countUnsynced = (bytes: number): void => {
    unsynced += bytes;
    if (unsynced >= SYNC_BYTES && syncing === null) syncInBackground();
  };
  return {
    async write(chunk, position) {
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await attempt(
          handle.write(chunk, done, chunk.length - done, position + done),
        );
        done += bytesWritten;
      }
      countUnsynced(chunk.length);
    },
    writeNow(chunk, position) {
      try {
        for (let done = 0; done < chunk.length; )
          done += writeSync(handle.fd, chunk, done, chunk.length - done, position + done);
      } catch (cause) {
        throw writeError(name, cause);
      }
      countUnsynced(chunk.length);
    },
    truncate: (bytes) => writing(name, () => ftruncateSync(handle.fd, bytes)),
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
