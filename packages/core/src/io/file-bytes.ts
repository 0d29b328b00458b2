import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LayersError } from '@layers/errors';
import type { SeekableBytes } from '@layers/tar';

/** An open file, or a range of one, read by position. */
export interface FileBytes extends SeekableBytes {
  close(): void;
}

/** A run of bytes in a file: enough to read a layer again at any time, in any thread. */
export interface FileRange {
  readonly path: string;
  /** Position in bytes of the first one. */
  readonly offset: number;
  readonly length: number;
}

/** Opens a file, or the range of it that is named. Throws ERR_LAYERS_READ with the system's error as cause. */
export function openFileBytes(path: string, range?: { offset: number; length: number }): FileBytes {
  const descriptor = reading(path, () => openSync(path, 'r'));
  const start = range?.offset ?? 0;
  const size = range?.length ?? reading(path, () => fstatSync(descriptor).size);
  return {
    size,
    read(target, position) {
      const length = Math.min(target.length, size - position);
      let filled = 0;
      while (filled < length) {
        const got = reading(path, () =>
          readSync(descriptor, target, filled, length - filled, start + position + filled),
        );
        if (got === 0) break;
        filled += got;
      }
      return filled;
    },
    close: () => closeSync(descriptor),
  };
}

export function openRange(range: FileRange): FileBytes {
  return openFileBytes(range.path, range);
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw readError(path, cause);
  }
}

/** The system's refusal to read, in one line. */
export function readError(path: string, cause: unknown): LayersError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or directory',
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    EISDIR: 'it is a directory',
    EMFILE: 'too many files are open',
    EIO: 'the device reports an error',
  };
  return new LayersError('ERR_LAYERS_READ', `cannot read ${path}: ${why[code] ?? code}`, {
    cause,
    archive: path,
    hint: code === 'ENOENT' ? 'check the path' : 'check the path and its permissions',
  });
}
