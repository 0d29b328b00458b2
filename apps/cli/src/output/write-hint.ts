import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LayersError } from '@layers/errors';
import { shellWord } from './shell-word.js';

/** Returns what to type about an output that cannot be written; undefined where nothing helps. */
export function writeHint({ message }: LayersError): string | undefined {
  const [, path, reason] = /^cannot write (.+): ([^:]+)$/.exec(message) ?? [];
  if (path === undefined) return undefined;
  const directory = shellWord(dirname(path));
  switch (reason) {
    case 'file exists':
      return danglingHint(path);
    case 'no such file or directory':
      return danglingHint(path) ?? `create the directory first: mkdir -p ${directory}`;
    case 'permission denied':
      return `ls -ld ${directory} shows who can write there`;
    case 'no space left on device':
      return `free some space, or write to another disk: df -h ${directory} shows what is free`;
    default:
      return undefined;
  }
}

/** Returns the hint about a symlink to nothing, which is `path` or leads to it; undefined without one. */
function danglingHint(path: string): string | undefined {
  for (let part = path; part !== dirname(part); part = dirname(part)) {
    const target = danglingTarget(part);
    if (target !== null) {
      return `${shellWord(part)} is a symlink to ${shellWord(target)}, which does not exist: remove the link, or create its target`;
    }
  }
  return undefined;
}

function danglingTarget(path: string): string | null {
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return null;
    return statSync(path, { throwIfNoEntry: false }) === undefined ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}
