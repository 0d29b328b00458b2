import { linkSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { systemCode, writeError } from '@layers/core/io';
import { type Holder, parseHolder } from './holder.js';

/** What stands in a lock file: null where there is none, `unknown` for what cannot be read as a holder. */
export type LockOwner = Holder | 'unknown' | null;

/** Who holds the lock at `path`. Throws ERR_LAYERS_WRITE_OUTPUT where the file cannot be read. */
export function readLockOwner(path: string): LockOwner {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    // What leads elsewhere, or nowhere, or is no file, nobody here has put there; it may never end to be read.
    if (!stat.isFile()) return 'unknown';
    return parseHolder(readFileSync(path, 'utf8')) ?? 'unknown';
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return null;
    throw writeError(path, cause);
  }
}

/** What file systems without hard links answer. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
]);

/**
 * Takes the lock at `path` unless somebody has it, and says whether it was taken. The file appears with all of its
 * text, so that whoever finds it knows its holder.
 *
 * @param holderFile a file of this process that holds the same text
 */
export function tryAcquire(path: string, holderFile: string, holder: Holder): boolean {
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

/** Removes a lock file; it may have gone. */
export function removeLock(path: string): void {
  rmSync(path, { force: true });
}
