import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { systemCode, writeError, writing } from '@layers/core/io';
import { isFolder } from '../layout/folders.js';
import { readRegularFile } from '../layout/regular-file.js';
import type { Store } from '../layout/store.js';
import { holderState, parseHolder } from '../lock/holder.js';
import { HOLDER_FILE, LEASES, PINS, pinName } from './with-lease.js';

/** A lease, as another process finds it. */
export interface FoundLease {
  readonly folder: string;
  readonly isLive: boolean;
}

/** Leases of hosts that cannot be asked live that long, and those without a holder as long as it takes to write one. */
const FOREIGN_MS = 24 * 3600 * 1000;
const BEGINNING_MS = 10 * 1000;

/** Every lease of the store. A process that has ended without a word leaves a dead one. */
export function findLeases({ path }: Store): readonly FoundLease[] {
  const uploads = join(path, '.layers', LEASES);
  if (!isFolder(join(path, '.layers')) || !isFolder(uploads)) return [];
  return namesIn(uploads).flatMap((name) => {
    const folder = join(uploads, name);
    const isLive = isLiveLease(folder);
    return isLive === null ? [] : [{ folder, isLive }];
  });
}

/** Null where it has gone meanwhile. */
function isLiveLease(folder: string): boolean | null {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (!stat.isDirectory()) return Date.now() - stat.mtimeMs < BEGINNING_MS;
  const holder = parseHolder(textOf(join(folder, HOLDER_FILE)));
  // Claims are made after the holder is written: without one, there are none.
  if (holder === null) return Date.now() - stat.mtimeMs < BEGINNING_MS;
  const state = holderState(holder);
  if (state !== 'foreign') return state === 'alive';
  const claims = lstatSync(join(folder, PINS), { throwIfNoEntry: false });
  return Date.now() - Math.max(stat.mtimeMs, claims?.mtimeMs ?? 0) < FOREIGN_MS;
}

/** Says of a blob whether a live process relies on it. Under the lock, what is not claimed now may be deleted. */
export function livePins(store: Store): (digest: Digest) => boolean {
  const names = new Set<string>();
  for (const { folder, isLive } of findLeases(store)) {
    if (isLive) for (const name of namesIn(join(folder, PINS))) names.add(name);
  }
  return (digest) => names.has(pinName(digest));
}

/** Removes the leases of processes that have ended, with what they left. Gives how many, and how many bytes. */
export function sweepLeases(store: Store): { readonly leases: number; readonly bytes: number } {
  let leases = 0;
  let bytes = 0;
  for (const { folder, isLive } of findLeases(store)) {
    if (isLive) continue;
    leases++;
    bytes += leaseBytes(folder);
    writing(folder, () => rmSync(folder, { recursive: true, force: true }));
  }
  return { leases, bytes };
}

/** Bytes of the files that lie in a lease. */
export function leaseBytes(folder: string): number {
  let bytes = 0;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() && name !== HOLDER_FILE) bytes += stat.size;
    // What passes once is copied into a folder of its own.
    else if (stat?.isDirectory() && name !== PINS) bytes += leaseBytes(path);
  }
  return bytes;
}

/** None where it has gone meanwhile, or is no folder. */
function namesIn(path: string): readonly string[] {
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

function textOf(path: string): string {
  try {
    return Buffer.from(readRegularFile(path, MAX_HOLDER_BYTES)).toString('utf8');
  } catch (cause) {
    // What is no small file is nobody's.
    if (NO_HOLDER.has(systemCode(cause))) return '';
    throw writeError(path, cause);
  }
}
