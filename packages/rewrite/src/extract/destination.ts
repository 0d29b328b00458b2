import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  opendirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeDirectories, systemCode, writeError } from '@layers/core/io';
import { isLayersError, LayersError } from '@layers/errors';

/** An open directory. */
export interface OpenDirectory {
  readonly fd: number;
  /** Returns the path for system calls of a name in this directory. */
  at(name: Uint8Array): Buffer;
}

/** The directory to extract into. */
export interface Destination extends OpenDirectory {
  /** The path that the caller gave. */
  readonly path: string;
  /** Whether paths go through the open directory, so that nobody can redirect them with a symlink. */
  readonly isPinned: boolean;
}

const SLASH = Buffer.from('/');

/**
 * Opens the directory to extract into, and creates it with its parents if it does not exist. Follows symlinks in the
 * path, which comes from the caller.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS if it is not empty and `force` is false, ERR_LAYERS_WRITE_OUTPUT.
 */
export function openDestination(path: string, force: boolean): Destination {
  let fd: number | undefined;
  try {
    makeDirectory(path);
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    refuseContents(path, force);
    const isPinned = canPin(fd);
    return { ...directoryAt(fd, Buffer.from(path), isPinned), path, isPinned };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    const code = systemCode(error);
    if (code === 'EEXIST' || code === 'ENOTDIR') throw notDirectory(path, error);
    throw isLayersError(error) ? error : writeError(path, error);
  }
}

function makeDirectory(path: string): void {
  try {
    makeDirectories(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    // Node may report ENOENT whatever the cause; creating the topmost missing directory alone reveals it.
    let first = resolve(path);
    while (!existsSync(dirname(first))) first = dirname(first);
    mkdirSync(first);
    makeDirectories(path);
  }
}

/**
 * Checks a directory to extract into before the image is read. Creates nothing.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS if it is not empty and `force` is false, ERR_LAYERS_WRITE_OUTPUT if it is not a
 * directory.
 */
export function checkDestination(path: string, force: boolean): void {
  try {
    refuseContents(path, force);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOTDIR') throw notDirectory(path, error);
    // It is created later, with its parents.
    if (code !== 'ENOENT') throw isLayersError(error) ? error : writeError(path, error);
  }
}

/**
 * Returns an open directory.
 *
 * @param path where it was opened, for systems that cannot name the files of an open directory
 */
export function directoryAt(fd: number, path: Uint8Array, isPinned: boolean): OpenDirectory {
  const prefix = isPinned ? Buffer.from(`/proc/self/fd/${fd}/`) : Buffer.concat([path, SLASH]);
  return { fd, at: (name) => Buffer.concat([prefix, name]) };
}

/** Returns whether /proc names open directories, as on Linux. Node has no other equivalent of `openat`. */
function canPin(fd: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const byName = statSync(`/proc/self/fd/${fd}/.`);
    const opened = fstatSync(fd);
    return byName.ino === opened.ino && byName.dev === opened.dev;
  } catch {
    // Without /proc, paths are used, and each part is checked before it is entered.
    return false;
  }
}

function refuseContents(path: string, force: boolean): void {
  const directory = opendirSync(path);
  try {
    if (force || directory.readSync() === null) return;
  } finally {
    directory.closeSync();
  }
  throw new LayersError('ERR_LAYERS_OUTPUT_EXISTS', `${path} is not empty`, {
    hint: 'name a new or empty directory, or allow existing files to be replaced',
  });
}

function notDirectory(path: string, cause: unknown): LayersError {
  return new LayersError('ERR_LAYERS_WRITE_OUTPUT', `cannot extract into ${path}: not a directory`, {
    cause,
    hint: 'name a new directory',
  });
}
