import { lstatSync, readdirSync, statSync } from 'node:fs';
import { CommandError, usageError } from '../command-error.js';
import type { OutputName } from '../output/output-name.js';
import { refuseTerminal } from '../output/write-target.js';
import type { Session } from '../program/session.js';

const STANDARD_OUTPUT: ReadonlySet<string> = new Set(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

/** Standard output by any of its names is `-`; every other path is itself. */
export function dashed(path: string): string {
  return STANDARD_OUTPUT.has(path) ? '-' : path;
}

/**
 * Refuses, before an input is read, what the writers would refuse afterwards: a terminal, and without `force` what
 * exists. Only the writers decide in the end. Throws ERR_LAYERS_TERMINAL, ERR_LAYERS_OUTPUT_EXISTS.
 */
export function refuseEarly(
  { path, format }: Pick<OutputName, 'path'> & { readonly format: OutputName['format'] | 'tar' },
  force: boolean,
  session: Session,
): void {
  if (path === '-') refuseTerminal(session);
  if (path === '-' || force || isPassing(path)) return;
  const exists = format === 'oci-dir' ? hasEntries(path) : isFileOrLink(path);
  if (!exists) return;
  throw new CommandError('ERR_LAYERS_OUTPUT_EXISTS', `${path} already exists`, {
    hint: 'name another output, or add --force to replace this one',
  });
}

/** Refuses to replace what is read while it is read, by whatever name. Throws ERR_LAYERS_USAGE. */
export function refuseInputAsOutput(input: string, output: string): void {
  if (input === '-' || output === '-' || isPassing(output)) return;
  const [read, written] = [input, output].map((path) =>
    quietly(() => statSync(path, { throwIfNoEntry: false })),
  );
  if (read === undefined || written === undefined) return;
  if (read.ino !== written.ino || read.dev !== written.dev) return;
  throw usageError(
    `${output} is the input, which is never modified`,
    'write to another file, then rename it',
  );
}

/** Whether what is written to `path` passes and cannot be read back: a device, a pipe, a descriptor of this process. */
export function isPassing(path: string): boolean {
  if (/^\/(?:dev|proc\/self)\/fd\/|^\/dev\/stderr$/.test(path)) return true;
  const stat = quietly(() => statSync(path, { throwIfNoEntry: false }));
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

function isFileOrLink(path: string): boolean {
  const stat = quietly(() => lstatSync(path, { throwIfNoEntry: false }));
  return stat !== undefined && !stat.isDirectory();
}

function hasEntries(path: string): boolean {
  return (quietly(() => readdirSync(path)) ?? []).length > 0;
}

/** What cannot be looked at is for the writer to complain about. */
function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
