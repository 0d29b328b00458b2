import type { Directory, Place } from '@layers/core/io';
import type { ChosenFile } from '../messages/messages.js';
import { blobSource } from './blob-source.js';

/** Returns a directory of files that the user chose. Their paths begin with the name of the directory. */
export function chosenDirectory(files: readonly ChosenFile[]): Directory {
  const byPath = new Map(files.map(({ path, file }) => [pathIn(path), file]));
  const directories = new Set([...byPath.keys()].flatMap(parentsOf));
  const placeOf = (parts: readonly string[]): Place | null => {
    const path = resolved(parts);
    if (path === null || !(byPath.has(path) || directories.has(path))) return null;
    return { path, isInside: true };
  };
  return {
    // A browser follows symlinks before a page sees the files.
    locate: (name) => placeOf(name.split('/')),
    locateTarget: (from, target) =>
      target.startsWith('/') ? null : placeOf([...from.path.split('/').slice(0, -1), ...target.split('/')]),
    file({ path }) {
      const file = byPath.get(path);
      return file === undefined ? null : blobSource(file, path);
    },
    names: () => byPath.keys(),
  };
}

/** Returns the name of the directory that the user chose; empty for a file that was chosen itself. */
export function directoryName(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf('/')));
}

function pathIn(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** Returns the path of names with `.` and `..`; null for one that leaves the directory. */
function resolved(parts: readonly string[]): string | null {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.pop() === undefined) return null;
  }
  return kept.join('/');
}
