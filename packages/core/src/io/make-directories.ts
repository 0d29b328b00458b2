import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from './system-errors.js';

/**
 * Creates a directory, with its missing parents. Unlike Node's `recursive`, it ends where the system reports an
 * existing directory as missing, as /proc does. Throws the system's own errors.
 */
export function makeDirectories(path: string): void {
  try {
    makeDirectory(path);
  } catch (error) {
    const parent = dirname(path);
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error;
    makeDirectories(parent);
    makeDirectory(path);
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    throw error;
  }
}
