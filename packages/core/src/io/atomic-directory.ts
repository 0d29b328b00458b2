import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { LayersError } from '@layers/errors';
import { outputExists } from './atomic-file.js';
import type { OutputFileOptions } from './output-file.js';
import { withOutputPath, writeError, writing } from './system-errors.js';
import { removeOnExit, temporaryName } from './temporary-files.js';

export interface OutputDirectoryOptions extends OutputFileOptions {
  /** The name of a file: `force` replaces only directories that have it, so that unrelated files are never lost. */
  readonly marker: string;
  /** The name of the file that makes the directory valid. It appears last. */
  readonly last: string;
}

/**
 * Writes the directory `path` atomically: `use` fills a temporary directory, which then takes its place. Replaces an
 * empty directory, and with `force` one that contains `marker`. The temporary directory is removed on failure.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS if the output exists before `use` is called or appears meanwhile,
 * ERR_LAYERS_WRITE_OUTPUT, and what `use` and `signal` throw.
 */
export async function withAtomicDirectory<T>(
  path: string,
  options: OutputDirectoryOptions,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const state = stateOf(path, options);
  // A rename cannot replace `out/.` or a symlink to a directory; it can replace the directory that they name.
  const final = state === 'absent' ? resolve(path) : writing(path, () => realpathSync(path));
  // An empty directory may be a mount point or a working directory: it is filled, not replaced.
  const temporary =
    state === 'empty' ? temporaryName(join(final, 'layout'), 'partial') : temporaryName(final, 'partial');
  const remove = removeOnExit(temporary);
  try {
    writing(path, () => mkdirSync(temporary));
    const result = await use(temporary);
    options.signal?.throwIfAborted();
    if (state === 'empty') moveInto(path, temporary, final, options.last);
    else if (state === 'absent') moveTo(path, temporary, final);
    else swap(path, temporary, final);
    return result;
  } catch (error) {
    throw withOutputPath(path, error);
  } finally {
    remove();
  }
}

function stateOf(path: string, { force, marker }: OutputDirectoryOptions): 'absent' | 'empty' | 'replaced' {
  if (writing(path, () => lstatSync(path, { throwIfNoEntry: false })) === undefined) return 'absent';
  const stat = writing(path, () => statSync(path));
  if (!stat.isDirectory()) throw writeError(path, Object.assign(new Error(), { code: 'ENOTDIR' }));
  if (writing(path, () => readdirSync(path)).length === 0) return 'empty';
  if (!force) throw outputExists(path);
  if (existsSync(join(path, marker))) return 'replaced';
  throw new LayersError('ERR_LAYERS_OUTPUT_EXISTS', `${path} is a directory of other files`, {
    hint: `only a directory with a file ${marker} is replaced: name another output`,
  });
}

function moveInto(path: string, from: string, to: string, last: string): void {
  const names = readdirSync(from).sort((a, b) => Number(a === last) - Number(b === last));
  const moved: string[] = [];
  try {
    for (const name of names) {
      if (existsSync(join(to, name))) throw outputExists(join(path, name));
      writing(path, () => renameSync(join(from, name), join(to, name)));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) rmSync(join(to, name), { recursive: true, force: true });
    throw error;
  }
}

/** Renames a directory. An empty directory that appeared meanwhile is replaced, which loses nothing. */
function moveTo(path: string, from: string, to: string): void {
  if (existsSync(to) && readdirSync(to).length > 0) throw outputExists(path);
  writing(path, () => renameSync(from, to));
}

function swap(path: string, from: string, to: string): void {
  const old = temporaryName(to, 'old');
  writing(path, () => renameSync(to, old));
  try {
    renameSync(from, to);
  } catch (cause) {
    renameSync(old, to);
    throw writeError(path, cause);
  }
  writing(old, () => rmSync(old, { recursive: true, force: true }));
}
