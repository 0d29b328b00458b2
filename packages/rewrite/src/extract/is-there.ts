import { lstatSync } from 'node:fs';
import { codeOf } from './extract-error.js';

/** Whether anything stands at a path, a symlink to nowhere too. Throws the system's error where it cannot tell. */
export function isThere(path: Buffer): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
