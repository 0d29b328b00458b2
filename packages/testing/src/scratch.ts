import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { EntrySpec } from './tar-builder.ts';

/** A folder for one test file, removed when its tests are over. */
export interface Scratch {
  readonly folder: string;
  /** Writes a file and returns its path. Generates a name by default. */
  file(bytes: Uint8Array, name?: string): string;
  /** Writes entries as files of a new folder, like an extracted archive, and returns its path. */
  layout(entries: readonly EntrySpec[]): string;
}

export function useScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'layers-test-'));
  afterAll(() => removeFolder(folder));
  let made = 0;
  const file = (bytes: Uint8Array, name = `file-${made++}`): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  };
  return {
    folder,
    file,
    layout(entries) {
      const root = `layout-${made++}`;
      mkdirSync(join(folder, root));
      for (const { path, data, type = 'file' } of entries) {
        if (type === 'file') file(data ?? new Uint8Array(0), `${root}/${path.toString()}`);
      }
      return join(folder, root);
    },
  };
}

/** Removes a directory, even if directories in it have no permissions and the user is not root. */
function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    allowWrites(Buffer.from(path));
    rmSync(path, { recursive: true, force: true });
  }
}

function allowWrites(folder: Buffer): void {
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder, 'buffer')) {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    if (lstatSync(path).isDirectory()) allowWrites(path);
  }
}
