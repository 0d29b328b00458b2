import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { systemCode, writeError, writing } from '@layers/core/io';
import { isDirectory } from '../layout/directories.js';
import { readRegularFile } from '../layout/regular-file.js';
import type { Store } from '../layout/store.js';
import { holderState, parseHolder } from '../lock/holder.js';
import { HOLDER_FILE, LEASES, PINS, pinName } from './with-lease.js';

/** A lease of this process or another one. */
export interface FoundLease {
  readonly directory: string;
  readonly isLive: boolean;
}

/** How long a lease counts as live if its process cannot be checked, and if its holder's file does not exist yet. */
const FOREIGN_LEASE_MS = 24 * 3600 * 1000;
const NEW_LEASE_MS = 10 * 1000;

/** Lists the leases of a store. A process that was killed leaves a dead one. */
export function findLeases({ path }: Store): readonly FoundLease[] {
  const uploads = join(path, '.layers', LEASES);
  if (!isDirectory(join(path, '.layers')) || !isDirectory(uploads)) return [];
  return readDirectory(uploads).flatMap((name) => {
    const directory = join(uploads, name);
    const isLive = isLiveLease(directory);
    return isLive === null ? [] : [{ directory, isLive }];
  });
}

/** Returns null if the lease was removed in the meantime. */
function isLiveLease(directory: string): boolean | null {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (!stat.isDirectory()) return Date.now() - stat.mtimeMs < NEW_LEASE_MS;
  const holder = parseHolder(readText(join(directory, HOLDER_FILE)));
  // Pins are made after the holder's file: without it there are none.
  if (holder === null) return Date.now() - stat.mtimeMs < NEW_LEASE_MS;
  const state = holderState(holder);
  if (state !== 'foreign') return state === 'alive';
  const pins = lstatSync(join(directory, PINS), { throwIfNoEntry: false });
  return Date.now() - Math.max(stat.mtimeMs, pins?.mtimeMs ?? 0) < FOREIGN_LEASE_MS;
}

/** Returns a test for blobs that a live lease pins. While the store's lock is held, other blobs may be deleted. */
export function livePins(store: Store): (digest: Digest) => boolean {
  const names = new Set<string>();
  for (const { directory, isLive } of findLeases(store)) {
    if (isLive) for (const name of readDirectory(join(directory, PINS))) names.add(name);
  }
  return (digest) => names.has(pinName(digest));
}

/** Removes the leases of processes that have ended, with their temporary files. Returns the number of leases and bytes. */
export function removeDeadLeases(store: Store): { readonly leases: number; readonly bytes: number } {
  let leases = 0;
  let bytes = 0;
  for (const { directory, isLive } of findLeases(store)) {
    if (isLive) continue;
    leases++;
    bytes += leaseBytes(directory);
    writing(directory, () => rmSync(directory, { recursive: true, force: true }));
  }
  return { leases, bytes };
}

/** Returns the bytes of a lease's temporary files. */
export function leaseBytes(directory: string): number {
  let bytes = 0;
  for (const name of readDirectory(directory)) {
    const path = join(directory, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() && name !== HOLDER_FILE) bytes += stat.size;
    // The copy of a pipe's bytes is in a subdirectory.
    else if (stat?.isDirectory() && name !== PINS) bytes += leaseBytes(path);
  }
  return bytes;
}

/** Returns no names if the path was removed in the meantime, or is not a directory. */
function readDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw writeError(path, cause);
  }
}

const MAX_HOLDER_BYTES = 64 * 1024;
const NO_HOLDER: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ELOOP', 'EINVAL', 'EFBIG', 'ENXIO']);

function readText(path: string): string {
  try {
    return Buffer.from(readRegularFile(path, MAX_HOLDER_BYTES)).toString('utf8');
  } catch (cause) {
    // Not written by this code: it names no holder.
    if (NO_HOLDER.has(systemCode(cause))) return '';
    throw writeError(path, cause);
  }
}
