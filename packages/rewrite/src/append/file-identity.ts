import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { readError, reading as readingPath, systemCode } from '@layers/core/io';
import { inputChanged } from './scanned-source.js';

/** Identifies a file and its state, to notice changes. */
export interface FileIdentity {
  readonly size: number;
  readonly inode: number;
  /** Change time (ctime) in nanoseconds since 1970, rounded. Every change updates it, and programs cannot set it. */
  readonly changed: number;
}

/** Returns the identity of a file from its `stat`. */
export function identityOf(stat: BigIntStats): FileIdentity {
  return { size: Number(stat.size), inode: Number(stat.ino), changed: Number(stat.ctimeNs) };
}

/** Returns the state of a source, following symlinks. Throws ERR_LAYERS_READ. */
export function statSource(path: string | Buffer): BigIntStats {
  return reading(path, () => statSync(path, { bigint: true }));
}

/** Returns the state of a source, without following symlinks. Throws ERR_LAYERS_READ. */
export function lstatSource(path: string | Buffer): BigIntStats {
  return reading(path, () => lstatSync(path, { bigint: true }));
}

export const CHUNK_BYTES = 256 * 1024;

/** An open file. `check` throws ERR_LAYERS_INPUT_CHANGED if the file changed. */
interface CheckedFile {
  readonly descriptor: number;
  check(): void;
}

/**
 * Opens a file that has not changed. The caller calls `check` again after reading, and closes the descriptor. Throws
 * ERR_LAYERS_READ, ERR_LAYERS_INPUT_CHANGED.
 */
export function openUnchanged(path: string | Buffer, identity: FileIdentity, follow: boolean): CheckedFile {
  const file = openSource(path, identity, follow);
  try {
    file.check();
    return file;
  } catch (error) {
    closeSync(file.descriptor);
    throw error;
  }
}

function openSource(path: string | Buffer, identity: FileIdentity, follow: boolean): CheckedFile {
  // Opening a FIFO that replaced the file would block.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW);
  let descriptor: number;
  try {
    descriptor = openSync(path, flags);
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENXIO') throw inputChanged(pathText(path));
    throw readError(pathText(path), cause);
  }
  return {
    descriptor,
    check() {
      const now = identityOf(reading(path, () => fstatSync(descriptor, { bigint: true })));
      const same =
        now.size === identity.size && now.inode === identity.inode && now.changed === identity.changed;
      if (!same) throw inputChanged(pathText(path));
    },
  };
}

/**
 * Reads a file that has not changed. Chunks are views that hold until the next step. Throws ERR_LAYERS_READ,
 * ERR_LAYERS_INPUT_CHANGED.
 *
 * @param options.memory the buffer of the chunks, to read many files with one
 */
export function* readUnchanged(
  path: string | Buffer,
  identity: FileIdentity,
  { follow = false, memory }: { readonly follow?: boolean; readonly memory?: Uint8Array } = {},
): Generator<Uint8Array> {
  const { descriptor, check } = openSource(path, identity, follow);
  const read = (target: Uint8Array, offset: number, position: number): number => {
    const length = Math.min(target.length - offset, identity.size - position);
    let count: number;
    try {
      count = readSync(descriptor, target, offset, length, position);
    } catch (cause) {
      check();
      throw readError(pathText(path), cause);
    }
    if (count === 0) throw inputChanged(pathText(path));
    return count;
  };
  try {
    const chunk = memory ?? new Uint8Array(Math.min(CHUNK_BYTES, identity.size));
    if (identity.size <= chunk.length) {
      // For a small file, one check after reading is enough.
      for (let filled = 0; filled < identity.size; ) filled += read(chunk, filled, filled);
      check();
      if (identity.size > 0) yield chunk.subarray(0, identity.size);
      return;
    }
    check();
    for (let position = 0; position < identity.size; ) {
      const count = read(chunk, 0, position);
      position += count;
      yield chunk.subarray(0, count);
    }
    check();
  } finally {
    closeSync(descriptor);
  }
}

/** Runs `read`, and throws what it throws as ERR_LAYERS_READ for a path. */
export function reading<T>(path: string | Buffer, read: () => T): T {
  return readingPath(pathText(path), read);
}

/** Returns a path as text for messages. */
export function pathText(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString('utf8');
}
