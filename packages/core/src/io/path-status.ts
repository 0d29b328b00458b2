import { type BigIntStats, lstatSync, type Stats, statSync } from 'node:fs';
import { systemCode } from './system-errors.js';

/**
 * Returns what the system says of a path, through symbolic links; null for a path that is absent, or that this user may not
 * reach: whoever opens it gets the error.
 */
export function pathStatus(path: string): Stats | null {
  return unlessUnreachable(() => statSync(path));
}

/** Returns what the system says of a path itself, a symbolic link included; null as `pathStatus` does. */
export function linkStatus(path: string): Stats | null {
  return unlessUnreachable(() => lstatSync(path));
}

/** Returns what `pathStatus` does, with times in nanoseconds. */
export function exactStatus(path: string): BigIntStats | null {
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
