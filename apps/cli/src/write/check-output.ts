import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandError, usageError } from '../command-error.js';
import type { Session } from '../session.js';
import { isLayout, refuseInsideLayout } from './layout-files.js';
import type { OutputName } from './output-name.js';
import { refuseTerminal } from './write-target.js';

const STANDARD_OUTPUT: ReadonlySet<string> = new Set(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

/** Returns `-` for every name of standard output, and other paths unchanged. */
export function outputPath(path: string): string {
  return STANDARD_OUTPUT.has(path) ? '-' : path;
}

/**
 * Refuses a terminal, a file of an OCI layout, and without `force` an existing output, before an input is read. The
 * writers check again whether the output exists.
 * Throws ERR_LAYERS_TERMINAL, ERR_LAYERS_OUTPUT_EXISTS.
 */
export function refuseEarly(
  { path, format }: Pick<OutputName, 'path'> & { readonly format: OutputName['format'] | 'tar' },
  force: boolean,
  session: Session,
): void {
  if (path === '-') refuseTerminal(session);
  if (path === '-' || isStreamPath(path)) return;
  refuseInsideLayout(path, format);
  if (force) return;
  if (format === 'oci-dir') {
    if (!hasEntries(path) || isLayout(path)) return;
    throw new CommandError('ERR_LAYERS_OUTPUT_EXISTS', `${path} already exists`, {
      hint: 'name a new directory, or an OCI layout, to which images are added',
    });
  }
  if (!isFileOrLink(path)) return;
  throw new CommandError('ERR_LAYERS_OUTPUT_EXISTS', `${path} already exists`, {
    hint: 'name another output, or add --force to replace this one',
  });
}

/**
 * Throws ERR_LAYERS_USAGE if the output is the input, also under another name.
 *
 * @param name the name that the written image gets
 */
export function refuseInputAsOutput(input: string, output: string, name = 'NAME'): void {
  if (input === '-' || output === '-' || isStreamPath(output)) return;
  const [read, written] = [input, output].map((path) =>
    ignoringErrors(() => statSync(path, { throwIfNoEntry: false })),
  );
  if (read === undefined || written === undefined) return;
  if (read.ino !== written.ino || read.dev !== written.dev) return;
  throw usageError(
    `${output} is the input, which is never modified`,
    isLayout(output)
      ? `name another directory; -o store:${name} adds the image to the local store`
      : 'write to another file, then rename it',
  );
}

/** Returns what all names of one output have in common, also where a link leads to it. */
export function outputPlace(path: string): string {
  if (path === '-') return path;
  const stat = ignoringErrors(() => statSync(path, { throwIfNoEntry: false }));
  if (stat !== undefined) return `${stat.dev}:${stat.ino}`;
  const absolute = resolve(path);
  const folder = dirname(absolute);
  return join(ignoringErrors(() => realpathSync(folder)) ?? folder, basename(absolute));
}

/** Whether output to `path` cannot be read back: a device, a pipe, a descriptor of this process. */
export function isStreamPath(path: string): boolean {
  if (/^\/(?:dev|proc\/self)\/fd\/|^\/dev\/stderr$/.test(path)) return true;
  const stat = ignoringErrors(() => statSync(path, { throwIfNoEntry: false }));
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

function isFileOrLink(path: string): boolean {
  const stat = ignoringErrors(() => lstatSync(path, { throwIfNoEntry: false }));
  return stat !== undefined && !stat.isDirectory();
}

function hasEntries(path: string): boolean {
  return (ignoringErrors(() => readdirSync(path)) ?? []).length > 0;
}

/** Returns undefined for errors: the writer reports them. */
function ignoringErrors<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
