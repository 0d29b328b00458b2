import { linkStatus } from '@layers/core/io';
import type { Addition, Owner } from '@layers/rewrite/append';
import { usageError } from '../command-error.js';

/** The source of an addition that is read from standard input. */
export const STANDARD_INPUT = '-';

/**
 * Parses a value of `--add`: `SOURCE[:/destination]`; the default destination is the root. If the whole value is an
 * existing path, it is the source. Otherwise the last `:/` after an existing path separates source and destination; if
 * there is none, the last `:/` does.
 *
 * @param exists returns whether a path exists on this machine
 * @throws LayersError ERR_LAYERS_USAGE for an empty source, and a destination that is not an absolute path
 */
export function parseAddition(value: string, exists: (path: string) => boolean = existsHere): Addition {
  if (value === STANDARD_INPUT || value.startsWith(`${STANDARD_INPUT}:/`)) {
    return { source: STANDARD_INPUT, destination: value.slice(STANDARD_INPUT.length + 1) || '/' };
  }
  if (value === '') throw usageError('--add is empty', 'write --add DIR, TAR or FILE, or add :/destination');
  if (exists(value)) return { source: value, destination: '/' };
  const separators: number[] = [];
  for (let at = value.indexOf(':/', 1); at > 0; at = value.indexOf(':/', at + 1)) separators.unshift(at);
  const separator = separators.find((at) => exists(value.slice(0, at))) ?? separators[0];
  if (separator !== undefined) {
    return { source: value.slice(0, separator), destination: value.slice(separator + 1) };
  }
  const colon = value.lastIndexOf(':');
  if (colon > 0 && exists(value.slice(0, colon))) {
    throw usageError(
      `the destination of ${JSON.stringify(value)} is not an absolute path`,
      `write ${value.slice(0, colon)}:/${value.slice(colon + 1)}`,
    );
  }
  return { source: value, destination: '/' };
}

/** Parses `uid:gid`, `uid` for both, or `keep`. Throws ERR_LAYERS_USAGE. */
export function parseOwner(value: string): Owner {
  if (value === 'keep') return 'keep';
  const match = /^([0-9]{1,10})(?::([0-9]{1,10}))?$/.exec(value);
  const uid = Number(match?.[1]);
  const gid = Number(match?.[2] ?? match?.[1]);
  if (match === null || uid >= 2 ** 32 || gid >= 2 ** 32) {
    throw usageError(`${JSON.stringify(value)} is not an owner`, 'write numbers, such as 1000:1000, or keep');
  }
  return { uid, gid };
}

/** Parses permission bits in octal, such as `755`. Throws ERR_LAYERS_USAGE. */
export function parseMode(value: string): number {
  if (!/^0?[0-7]{3,4}$/.test(value)) {
    throw usageError(`${JSON.stringify(value)} is not a mode`, 'write it in octal, such as 755 or 0644');
  }
  return Number.parseInt(value, 8);
}

function existsHere(path: string): boolean {
  return linkStatus(path) !== null;
}
