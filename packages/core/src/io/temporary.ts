import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const held = new Set<string>();

function removeAll(): void {
  for (const path of held) {
    try {
      remove(path);
    } catch {
      // The process ends and nobody is left to tell; the next one must still be tried.
    }
  }
}

const remove = (path: string): void => rmSync(path, { recursive: true, force: true });

/**
 * Has a file or folder removed when the process exits, whatever makes it exit, until the function that this gives is
 * called, which removes it at once. It need not exist, neither now nor then.
 */
export function holdTemporary(path: string): () => void {
  if (held.size === 0) process.on('exit', removeAll);
  held.add(path);
  return () => {
    if (!held.has(path)) return;
    remove(path);
    held.delete(path);
    if (held.size === 0) process.off('exit', removeAll);
  };
}

/** A name beside `path` that nothing has: hidden, and ending in `kind`. */
export function nameBeside(path: string, kind: string): string {
  // File names have at most 255 bytes, and a character may take four of them.
  const start = basename(path).slice(0, 48);
  return join(dirname(path), `.${start}.${randomBytes(6).toString('hex')}.${kind}`);
}
