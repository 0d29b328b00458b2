import { lstatSync, statSync } from 'node:fs';
import { systemCode } from './system-errors.js';

/** What the system says of a path: the part of Node's `Stats` that is needed, because declarations do without Node's types. */
export interface PathStatus {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  readonly size: number;
  readonly uid: number;
}

/** What identifies a file and its state. */
export interface ExactStatus {
  isFile(): boolean;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/**
 * Returns what the system says of a path, through symbolic links; null for a path that is absent, or that this user may not
 * reach: whoever opens it gets the error.
 */
export function pathStatus(path: string): PathStatus | null {
  return unlessUnreachable(() => statSync(path));
}

/** Returns what the system says of a path itself, a symbolic link included; null as `pathStatus` does. */
export function linkStatus(path: string): PathStatus | null {
  return unlessUnreachable(() => lstatSync(path));
}

/** Returns what `pathStatus` does, with times in nanoseconds. */
export function exactStatus(path: string): ExactStatus | null {
  return unlessUnreachable(() => statSync(path, { bigint: true }));
}

function unlessUnreachable<T>(status: () => T): T | null {
  try {
    return status();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
