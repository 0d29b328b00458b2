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
import { readError } from '@layers/core/io';
import { inputChanged } from './scanned-source.js';

/** What tells that a file is the one that was looked at, as it was then. */
export interface FileIdentity {
  readonly size: number;
  readonly inode: number;
  /** Nanoseconds since 1970, as near as a number comes. Any change of bytes or attributes sets it, and no program can set it back. */
  readonly changed: number;
}

export function identityOf(stat: BigIntStats): FileIdentity {
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

export const CHUNK_BYTES = 256 * 1024;

/** An open file, and what throws ERR_LAYERS_INPUT_CHANGED where it is not what it was. */
interface CheckedFile {
  readonly descriptor: number;
  check(): void;
}

/** A file that is what it was. Throws ERR_LAYERS_READ, ERR_LAYERS_INPUT_CHANGED. Close it; `check` again before. */
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
  // A FIFO that took the file's place would be waited for.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW);
  let descriptor: number;
  try {
    descriptor = openSync(path, flags);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
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
 * The bytes of a file that is what it was, in views that hold until the next step. Throws as `openStamped` does.
 *
 * @param options.memory what views are of, for who reads many files
 */
export function* readUnchanged(
  path: string | Buffer,
  identity: FileIdentity,
  { follow = false, memory }: { readonly follow?: boolean; readonly memory?: Uint8Array } = {},
): Generator<Uint8Array> {
  const { descriptor, check } = openSource(path, identity, follow);
  const read = (target: Uint8Array, offset: number, position: number): number => {
    const want = Math.min(target.length - offset, identity.size - position);
    let got: number;
    try {
      got = readSync(descriptor, target, offset, want, position);
    } catch (cause) {
      check();
      throw readError(pathText(path), cause);
    }
    if (got === 0) throw inputChanged(pathText(path));
    return got;
  };
  try {
    const chunk = memory ?? new Uint8Array(Math.min(CHUNK_BYTES, identity.size));
    if (identity.size <= chunk.length) {
      // One look, after the reading, says of a small file what two looks around it would.
      for (let at = 0; at < identity.size; ) at += read(chunk, at, at);
      check();
      if (identity.size > 0) yield chunk.subarray(0, identity.size);
      return;
    }
    check();
    for (let at = 0; at < identity.size; ) {
      const got = read(chunk, 0, at);
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
    throw readError(pathText(path), cause);
  }
}

/** A path for people. */
export function pathText(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString('utf8');
}
