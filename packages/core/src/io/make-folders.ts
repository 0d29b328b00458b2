import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from './system-errors.js';

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never ends where the system answers that
 * a folder is missing which is there, as /proc does. Throws what the system says.
 */
export function makeFolders(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    const above = dirname(path);
    if (systemCode(error) !== 'ENOENT' || above === path) throw error;
    makeFolders(above);
    makeFolder(path);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    throw error;
  }
}
