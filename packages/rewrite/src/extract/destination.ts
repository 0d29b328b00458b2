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
import { makeFolders, writeError } from '@layers/core/io';
import { isLayersError, LayersError } from '@layers/errors';
import { codeOf } from './extract-error.js';

/** An open directory, and how to name what stands in it. */
export interface Folder {
  readonly fd: number;
  /** The path that system calls take for a name in this directory. */
  at(name: Uint8Array): Buffer;
}

/** The directory that a tree is extracted into. */
export interface Destination extends Folder {
  /** As the caller named it. */
  readonly path: string;
  /** Whether paths go through the open directory, so that nobody can turn them elsewhere. */
  readonly isPinned: boolean;
}

const SLASH = Buffer.from('/');

/**
 * Opens the directory to extract into, making it and its parents where they are not there. The path is the caller's:
 * symlinks in it are followed.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS where there is something in it and `force` is false, ERR_LAYERS_WRITE_OUTPUT.
 */
export function openDestination(path: string, force: boolean): Destination {
  let fd: number | undefined;
  try {
    makeDirectory(path);
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    refuseContents(path, force);
    const isPinned = canPin(fd);
    return { ...folderAt(fd, Buffer.from(path), isPinned), path, isPinned };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    const code = codeOf(error);
    if (code === 'EEXIST' || code === 'ENOTDIR') throw notDirectory(path, error);
    throw isLayersError(error) ? error : writeError(path, error);
  }
}

function makeDirectory(path: string): void {
  try {
    makeFolders(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // Node says so whatever kept it from making a folder; making the first of them alone tells why.
    let first = resolve(path);
    while (!existsSync(dirname(first))) first = dirname(first);
    mkdirSync(first);
    makeFolders(path);
  }
}

/**
 * Refuses what `openDestination` would refuse, and makes nothing: for who wants to know before an image is read.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS where there is something in it and `force` is false, ERR_LAYERS_WRITE_OUTPUT where
 * it is no directory.
 */
export function checkDestination(path: string, force: boolean): void {
  try {
    refuseContents(path, force);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOTDIR') throw notDirectory(path, error);
    // It is made later, with its parents.
    if (code !== 'ENOENT') throw isLayersError(error) ? error : writeError(path, error);
  }
}

/**
 * An open directory; `path` is where it was opened, for systems that cannot name what stands in an open directory.
 */
export function folderAt(fd: number, path: Uint8Array, isPinned: boolean): Folder {
  const prefix = isPinned ? Buffer.from(`/proc/self/fd/${fd}/`) : Buffer.concat([path, SLASH]);
  return { fd, at: (name) => Buffer.concat([prefix, name]) };
}

/** Linux names open directories below /proc, where that is mounted: Node's only way to what `openat` does. */
function canPin(fd: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const there = statSync(`/proc/self/fd/${fd}/.`);
    const here = fstatSync(fd);
    return there.ino === here.ino && there.dev === here.dev;
  } catch {
    // No /proc: paths it is, each part looked at before it is passed through.
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
    hint: 'name a new directory, or add --force to replace what stands in the way',
  });
}

function notDirectory(path: string, cause: unknown): LayersError {
  return new LayersError('ERR_LAYERS_WRITE_OUTPUT', `cannot extract into ${path}: it is no directory`, {
    cause,
    hint: 'name a new directory',
  });
}
