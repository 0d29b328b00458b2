import { closeSync, linkSync, lstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { systemCode, writeError } from '@layers/core/io';
import { isDiskFull } from '../layout/disk-full.js';
import { type Holder, parseHolder } from './holder.js';

/** The owner of a lock file: null if the file does not exist, `unknown` if it cannot be parsed. */
export type LockOwner = Holder | 'unknown' | null;

/** Reads the owner of the lock at `path`. Throws ERR_LAYERS_WRITE_OUTPUT if the file cannot be read. */
export function readLockOwner(path: string): LockOwner {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    // No process of ours creates a symlink or a special file there; reading a pipe might never end.
    if (!stat.isFile()) return 'unknown';
    return parseHolder(readFileSync(path, 'utf8')) ?? 'unknown';
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return null;
    throw writeError(path, cause);
  }
}

/** The error codes of file systems without hard links. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
]);

/**
 * Acquires the lock at `path` and returns true; returns false if another process has it. The file appears with its
 * complete text, so that every process that finds it can read its owner.
 *
 * @param holderFile a file of this process with the same text; null on a full disk, where the lock may stay empty
 */
export function tryAcquire(path: string, holderFile: string | null, holder: Holder): boolean {
  if (holderFile === null) return tryCreateEmpty(path, holder);
  try {
    linkSync(holderFile, path);
    return true;
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code)) throw writeError(path, cause);
  }
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx', mode: 0o644 });
    return true;
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false;
    throw writeError(path, cause);
  }
}

/** Other processes wait for an owner that they do not know, but cannot tell when it ends. */
function tryCreateEmpty(path: string, holder: Holder): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o644);
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false;
    throw writeError(path, cause);
  }
  try {
    writeFileSync(descriptor, JSON.stringify(holder));
  } catch (cause) {
    if (!isDiskFull(cause)) throw writeError(path, cause);
  } finally {
    closeSync(descriptor);
  }
  return true;
}

/** Removes a lock file, if it exists. */
export function removeLock(path: string): void {
  rmSync(path, { force: true });
}
