import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from './system-errors.js';

/**
 * Creates a directory, with its missing parents. Unlike Node's `recursive`, it ends where the system reports an
 * existing directory as missing, as /proc does. Throws the system's own errors.
 *
 * @param mode the permissions of new directories
 */
export function makeDirectories(path: string, mode = 0o777): void {
  try {
    makeDirectory(path, mode);
  } catch (error) {
    const parent = dirname(path);
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error;
    makeDirectories(parent, mode);
    makeDirectory(path, mode);
  }
}

function makeDirectory(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    throw error;
  }
}
