import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeDirectories } from '@layers/core/io';
import { isUser, userCacheDirectory } from '../input/cache-directory.js';

/** The files of the program that an executable contains. */
export interface ProgramFiles {
  /** A name that differs where a file differs. */
  readonly id: string;
  /** The length of each file, by its path with `/`. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly read: (path: string) => Uint8Array;
}

export interface ProgramDirectory {
  readonly path: string;
  /** Whether to remove it when the program ends. */
  readonly isTemporary: boolean;
}

/** Others must not be able to write code that this user runs. */
const OTHERS_MAY_WRITE = 0o022;

const DAY_MS = 24 * 3600 * 1000;

/** Programs of other versions are removed after this time without a run. */
const MAX_AGE_MS = 30 * DAY_MS;

/**
 * Returns a directory with the files of the program: threads are started from files, and code is kept for a file. The first run
 * writes them to the cache of the user; without one, each run writes them to a temporary directory.
 */
export function programDirectory(
  program: ProgramFiles,
  env: Readonly<Record<string, string | undefined>>,
): ProgramDirectory {
  const cache = userCacheDirectory(env);
  if (cache !== null) {
    const path = join(cache, 'program', program.id);
    if (isComplete(path, program) || writeOnce(path, program)) {
      useAgain(path);
      return { path, isTemporary: false };
    }
  }
  const path = mkdtempSync(join(tmpdir(), 'layers-program-'));
  writeFiles(path, program);
  return { path, isTemporary: true };
}

/** Whether all files are there as they were written: a crash of the machine can truncate some. */
function isComplete(path: string, { sizes }: ProgramFiles): boolean {
  try {
    if (!isOwn(lstatSync(path)) || !lstatSync(path).isDirectory()) return false;
    return Object.entries(sizes).every(([name, size]) => {
      const stat = lstatSync(join(path, name));
      return stat.isFile() && stat.size === size && isOwn(stat);
    });
  } catch {
    return false;
  }
}

function isOwn({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return isUser(uid) && (process.platform === 'win32' || (mode & OTHERS_MAY_WRITE) === 0);
}

/** Writes the files under another name, so that no other process sees a part of them. */
function writeOnce(path: string, program: ProgramFiles): boolean {
  const temporary = `${path}.${process.pid}`;
  try {
    makeDirectories(dirname(path), 0o700);
    if (!isOwn(lstatSync(dirname(path)))) return false;
    try {
      mkdirSync(temporary, { mode: 0o700 });
      writeFiles(temporary, program);
      try {
        renameSync(temporary, path);
      } catch {
        // Another process was faster, or what is there is damaged.
        if (isComplete(path, program)) return true;
        rmSync(path, { recursive: true, force: true });
        renameSync(temporary, path);
      }
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    removeOld(dirname(path));
    return isComplete(path, program);
  } catch {
    return false;
  }
}

function writeFiles(directory: string, { sizes, read }: ProgramFiles): void {
  for (const name of Object.keys(sizes)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, read(name), { flag: 'wx', mode: 0o600 });
  }
}

/** Notes that the program is in use, once a day. */
function useAgain(path: string): void {
  try {
    const now = new Date();
    if (statSync(path).mtimeMs < now.getTime() - DAY_MS) utimesSync(path, now, now);
  } catch {
    // The file system may be read-only.
  }
}

function removeOld(directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (lstatSync(path).mtimeMs < Date.now() - MAX_AGE_MS) rmSync(path, { recursive: true, force: true });
  }
}
