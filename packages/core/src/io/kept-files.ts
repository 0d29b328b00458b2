import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { readFully } from './file-source.js';
import { makeDirectories } from './make-directories.js';
import { reading, systemCode, writing } from './system-errors.js';

/** A file of a directory of kept files. */
export interface KeptFile {
  readonly name: string;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** When it was last used or written, in milliseconds since 1970, to within an hour. */
  readonly usedMs: number;
}

/** What was removed. */
export interface Removed {
  readonly files: number;
  readonly bytes: number;
}

/** Others must not be able to write what this user believes. */
const OTHERS_MAY_WRITE = 0o022;
/** The time of use is written at most once in this time, because it costs more than a read. */
const TOUCH_MS = 3600 * 1000;
/** Temporary files that are older were left by a process that was killed. */
const ABANDONED_MS = 3600 * 1000;
/** Pruning leaves this share of the limit, so that not every new file prunes again. */
const PRUNED_SHARE = 0.9;
/** A larger file is not one of these. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;
const TEMPORARY = /\.partial$/;

/**
 * A directory of files that can be lost at any time: a cache on disk. Its files are written atomically, so that several
 * processes can share it, and each can be killed. Only files that nobody but this user could write are read.
 *
 * What cannot be read or written is never an error, except for `list` and `removeAll`, which users call themselves.
 */
export class KeptFiles {
  readonly path: string;
  /** False once a file could not be written, for example because the disk is full. */
  #isWritable = true;

  constructor(path: string) {
    this.path = path;
  }

  /** Returns the bytes of a file, in a buffer of their own; null where there is none that counts. */
  read(name: string): Uint8Array<ArrayBuffer> | null {
    try {
      const path = join(this.path, name);
      // A pipe of this name must not be waited for.
      const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      try {
        const stat = fstatSync(descriptor);
        const { uid, mode, size, mtimeMs } = stat;
        if (!stat.isFile() || !isOwnFile(uid, mode) || size > MAX_FILE_BYTES) return null;
        const bytes = new Uint8Array(size);
        if (readFully(descriptor, bytes, 0) !== size) return null;
        const now = Date.now();
        if (now - mtimeMs > TOUCH_MS) touch(path, now);
        return bytes;
      } finally {
        closeSync(descriptor);
      }
    } catch {
      return null;
    }
  }

  /** Returns whether there is a file, which may still not count. */
  has(name: string): boolean {
    return statOf(join(this.path, name))?.isFile() === true;
  }

  /** Writes a file, in place of one of the same name. Returns whether that was possible. */
  write(name: string, parts: readonly Uint8Array[]): boolean {
    return this.#publish(parts, (temporary) => renameSync(temporary, join(this.path, name)));
  }

  /** Writes a file unless there is one of that name, and returns whether there is one now. */
  writeFirst(name: string, parts: readonly Uint8Array[]): boolean {
    return this.#publish(parts, (temporary) => {
      try {
        linkSync(temporary, join(this.path, name));
      } catch (error) {
        const code = systemCode(error);
        if (code === 'EEXIST') return;
        // A file system without links: the last process wins, and the files of the others do not count.
        renameSync(temporary, join(this.path, name));
      }
    });
  }

  /** Removes a file that is damaged or out of date. */
  remove(name: string): void {
    try {
      rmSync(join(this.path, name), { force: true });
    } catch {
      // It is written again, or pruned some day.
    }
  }

  /**
   * Lists the files, the last used first. Throws ERR_LAYERS_READ; a directory that does not exist has no files.
   *
   * @param isWanted by its name
   */
  list(isWanted: (name: string) => boolean = () => true): KeptFile[] {
    const files = reading(this.path, () => namesIn(this.path)).flatMap((name) => {
      if (!isWanted(name)) return [];
      const stat = statOf(join(this.path, name));
      return stat?.isFile() === true ? [{ name, sizeBytes: stat.size, usedMs: stat.mtimeMs }] : [];
    });
    return files.sort((a, b) => b.usedMs - a.usedMs || (a.name < b.name ? -1 : 1));
  }

  /** Removes what was not used for the longest time, until the files have at most `limit` bytes. */
  prune(limit: number): Removed {
    try {
      const files = this.list();
      const abandoned = Date.now() - ABANDONED_MS;
      const left = files.filter(({ name, usedMs }) => TEMPORARY.test(name) && usedMs < abandoned);
      const kept = files.filter(({ name }) => !TEMPORARY.test(name));
      return this.#removeFiles([...left, ...beyond(kept, limit)]);
    } catch {
      return { files: 0, bytes: 0 };
    }
  }

  /** Removes files that a user wants to be removed. Throws ERR_LAYERS_READ and ERR_LAYERS_WRITE_OUTPUT. */
  removeAll(files: readonly KeptFile[]): Removed {
    for (const { name } of files)
      writing(join(this.path, name), () => rmSync(join(this.path, name), { force: true }));
    return sumOf(files);
  }

  #removeFiles(files: readonly KeptFile[]): Removed {
    for (const { name } of files) this.remove(name);
    return sumOf(files);
  }

  #publish(parts: readonly Uint8Array[], publish: (temporary: string) => void): boolean {
    if (!this.#isWritable) return false;
    const temporary = join(this.path, `.${randomBytes(9).toString('hex')}.partial`);
    try {
      if (!makeOwnDirectory(this.path)) throw new Error('not a directory of this user alone');
      try {
        const descriptor = openSync(temporary, 'wx', 0o600);
        try {
          for (const part of parts) writeFully(descriptor, part);
        } finally {
          closeSync(descriptor);
        }
        publish(temporary);
      } finally {
        rmSync(temporary, { force: true });
      }
      return true;
    } catch {
      this.#isWritable = false;
      return false;
    }
  }
}

/** Returns the files, the last used first, that do not fit into a limit. */
function beyond(files: readonly KeptFile[], limit: number): readonly KeptFile[] {
  if (sumOf(files).bytes <= limit) return [];
  let bytes = 0;
  const first = files.findIndex(({ sizeBytes }) => {
    bytes += sizeBytes;
    return bytes > limit * PRUNED_SHARE;
  });
  return first === -1 ? [] : files.slice(first);
}

function sumOf(files: readonly KeptFile[]): Removed {
  return { files: files.length, bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function statOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // Another process removed it.
    return undefined;
  }
}

function touch(path: string, nowMs: number): void {
  try {
    utimesSync(path, nowMs / 1000, nowMs / 1000);
  } catch {
    // A directory that is read-only: nothing is pruned there.
  }
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at);
}

/** Creates a directory; returns whether it belongs to this user, and nobody else may write to it. */
function makeOwnDirectory(path: string): boolean {
  makeDirectories(path, 0o700);
  const { uid, mode } = statSync(path);
  return isOwnFile(uid, mode);
}

function isOwnFile(uid: number, mode: number): boolean {
  if (process.getuid === undefined) return true;
  return process.getuid() === uid && (mode & OTHERS_MAY_WRITE) === 0;
}
