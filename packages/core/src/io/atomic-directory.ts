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
import { toldOf, writeError, writing } from './system-errors.js';
import { holdTemporary, nameBeside } from './temporary.js';

export interface OutputDirectoryOptions extends OutputFileOptions {
  /** A file without which a folder is not replaced, so that `force` never costs somebody their other files. */
  readonly marker: string;
  /** The entry that makes the folder valid; it appears last. */
  readonly last: string;
}

/**
 * Makes the folder `path`, whole or not at all: `use` fills one of a temporary name, which then takes the place of
 * nothing, of an empty folder, or with `force` of one that holds `marker`. Nothing is left behind otherwise.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS, before `use` is called or when something has come up meanwhile,
 * ERR_LAYERS_WRITE_OUTPUT, and what `use` and `signal` throw.
 */
export async function withAtomicDirectory<T>(
  path: string,
  options: OutputDirectoryOptions,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const state = stateOf(path, options);
  // `out/.` and a link to a folder cannot be renamed over; what they name can.
  const final = state === 'absent' ? resolve(path) : writing(path, () => realpathSync(path));
  // An empty folder may be a mount point or somebody's working directory: it stays, and is filled.
  const temporary =
    state === 'empty' ? nameBeside(join(final, 'layout'), 'partial') : nameBeside(final, 'partial');
  const remove = holdTemporary(temporary);
  try {
    writing(path, () => mkdirSync(temporary));
    const result = await use(temporary);
    options.signal?.throwIfAborted();
    if (state === 'empty') moveInto(path, temporary, final, options.last);
    else if (state === 'absent') moveTo(path, temporary, final);
    else swap(path, temporary, final);
    return result;
  } catch (error) {
    throw toldOf(path, error);
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
  throw new LayersError('ERR_LAYERS_OUTPUT_EXISTS', `${path} is a folder of other files`, {
    hint: 'only an OCI layout is replaced by another one: name another output',
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

/** A rename would take the place of an empty folder that came up meanwhile, which harms nobody. */
function moveTo(path: string, from: string, to: string): void {
  if (existsSync(to) && readdirSync(to).length > 0) throw outputExists(path);
  writing(path, () => renameSync(from, to));
}

function swap(path: string, from: string, to: string): void {
  const old = nameBeside(to, 'old');
  writing(path, () => renameSync(to, old));
  try {
    renameSync(from, to);
  } catch (cause) {
    renameSync(old, to);
    throw writeError(path, cause);
  }
  writing(old, () => rmSync(old, { recursive: true, force: true }));
}
