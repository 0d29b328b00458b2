import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryDirectory, runEventLoop, type TemporaryDirectory, writeError } from '@layers/core/io';
import { CommandError } from '../command-error.js';

/** How many names are removed between two yields. */
const TURN_NAMES = 500;

/** A directory to extract images into. */
export interface ScratchFolder {
  readonly path: string;
  /** Removes the directory with everything in it. */
  remove(): Promise<void>;
}

/**
 * Creates a directory in that of temporary files. It is removed when the process exits, also by a signal.
 *
 * Throws ERR_LAYERS_WRITE_OUTPUT where it cannot be created.
 */
export function createScratchFolder(): ScratchFolder {
  const { path, remove } = make();
  return {
    path,
    async remove() {
      await emptied(path);
      remove();
    },
  };
}

/** Removes a directory with an extracted image, with any modes and names. */
export async function emptied(folder: string): Promise<void> {
  try {
    for (const _ of removing(folder)) await runEventLoop();
  } catch (error) {
    throw writeError(folder, error);
  }
}

function make(): TemporaryDirectory {
  const parent = tmpdir();
  try {
    return makeTemporaryDirectory(parent, 'layers-bench-', (path) => {
      for (const _ of removing(path));
    });
  } catch (cause) {
    const { code, message } = writeError(parent, cause);
    throw new CommandError(code, message, {
      cause,
      hint: 'set TMPDIR to another directory, or add --no-extract',
    });
  }
}

/**
 * Moves every nested directory to `root` before it is emptied, so that no path gets too long for the system. Names are
 * bytes. Yields now and then.
 */
function* removing(root: string): Generator<void> {
  if (!existsSync(root)) return;
  // Avoids names that an interrupted removal left.
  const prefix = `moved-${randomBytes(6).toString('hex')}-`;
  let moved = 0;
  let names = 0;
  const waiting: Buffer[] = [Buffer.from(root)];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const isRoot = folder.equals(Buffer.from(root));
    chmodSync(folder, 0o700);
    for (const item of readdirSync(folder, { encoding: 'buffer', withFileTypes: true })) {
      const path = Buffer.concat([folder, Buffer.from('/'), item.name]);
      if (!item.isDirectory()) unlinkSync(path);
      else if (isRoot) waiting.push(path);
      else waiting.push(moveUp(path));
      if (++names % TURN_NAMES === 0) yield;
    }
    if (!isRoot) rmdirSync(folder);
  }
  rmdirSync(root);

  function moveUp(path: Buffer): Buffer {
    // Moving it changes its own `..` entry, which needs write permission.
    chmodSync(path, 0o700);
    const target = Buffer.from(join(root, `${prefix}${moved++}`));
    renameSync(path, target);
    return target;
  }
}
