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
import { readError } from '@layers/core';
import { inputChanged } from './gathered.js';

/** What tells that a file is the one that was looked at, as it was then. */
export interface FileStamp {
  readonly size: number;
  readonly inode: number;
  /** Nanoseconds since 1970, as near as a number comes. Any change of bytes or attributes sets it, and no program can set it back. */
  readonly changed: number;
}

export function stampOf(stat: BigIntStats): FileStamp {
  return { size: Number(stat.size), inode: Number(stat.ino), changed: Number(stat.ctimeNs) };
}

/** Throws ERR_LAYERS_READ. */
export function statSource(path: string | Buffer): BigIntStats {
  return reading(path, () => statSync(path, { bigint: true }));
}

/** As `statSource`; of a symlink itself. */
export function lstatSource(path: string | Buffer): BigIntStats {
  return reading(path, () => lstatSync(path, { bigint: true }));
}

const CHUNK_BYTES = 256 * 1024;

/** A file that is what it was. Throws ERR_LAYERS_READ, ERR_LAYERS_INPUT_CHANGED. Close it; `check` again before. */
export function openStamped(
  path: string | Buffer,
  stamp: FileStamp,
  follow = false,
): { readonly descriptor: number; check(): void } {
  // A FIFO that took the file's place would be waited for.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW);
  let descriptor: number;
  try {
    descriptor = openSync(path, flags);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENXIO') throw inputChanged(printed(path));
    throw readError(printed(path), cause);
  }
  const check = (): void => {
    const now = stampOf(reading(path, () => fstatSync(descriptor, { bigint: true })));
    const same = now.size === stamp.size && now.inode === stamp.inode && now.changed === stamp.changed;
    if (!same) throw inputChanged(printed(path));
  };
  try {
    check();
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return { descriptor, check };
}

/** The bytes of a file that is what it was, in views that hold until the next step. Throws as `openStamped` does. */
export function* readStamped(path: string | Buffer, stamp: FileStamp, follow = false): Generator<Uint8Array> {
  const { descriptor, check } = openStamped(path, stamp, follow);
  try {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, stamp.size));
    for (let at = 0; at < stamp.size; ) {
      const want = Math.min(chunk.length, stamp.size - at);
      const got = reading(path, () => readSync(descriptor, chunk, 0, want, at));
      if (got === 0) throw inputChanged(printed(path));
      at += got;
      yield chunk.subarray(0, got);
    }
    check();
  } finally {
    closeSync(descriptor);
  }
}

export function reading<T>(path: string | Buffer, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw readError(printed(path), cause);
  }
}

/** A path for people. */
export function printed(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString('utf8');
}
