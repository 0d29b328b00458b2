import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { algorithmOf, type Digest, hexOf } from '@layers/core/digest';
import { removeOnExit, systemCode, writing } from '@layers/core/io';
import { isLayersError } from '@layers/errors';
import { makeFolder } from '../layout/folders.js';
import type { Store } from '../layout/store.js';
import { type Holder, thisHolder } from '../lock/holder.js';
import type { Lease } from './lease.js';

/** A lease in a store that can be written to. */
export interface HeldLease extends Lease {
  readonly folder: string;
  readonly holder: Holder;
  /** The file in `folder` that names the holder. */
  readonly holderFile: string;
}

/** Where leases lie in a store, below `.layers`. */
export const LEASES = 'uploads';
export const HOLDER_FILE = 'holder';
export const PINS = 'claims';

/** The name of the file that claims a blob. */
export function pinName(digest: Digest): string {
  return `${algorithmOf(digest)}-${hexOf(digest)}`;
}

/**
 * Does work that writes to the store, under a lease; its folder is removed afterwards with all that is left in it.
 * Throws ERR_LAYERS_WRITE_OUTPUT where the store cannot be written to, and what `work` throws.
 */
export async function withHeldLease<T>(store: Store, work: (lease: HeldLease) => Promise<T>): Promise<T> {
  const uploads = makeFolder(store.path, '.layers', LEASES);
  const { lease, remove } = begin(uploads);
  try {
    return await work(lease);
  } finally {
    remove();
  }
}

const ATTEMPTS = 5;

/** A process that slept over its beginning may find its folder removed: nobody knew whose it was. */
function begin(uploads: string): { readonly lease: HeldLease; readonly remove: () => void } {
  for (let attempt = 1; ; attempt++) {
    const id = randomBytes(16).toString('hex');
    const folder = join(uploads, id);
    const remove = removeOnExit(folder);
    try {
      return { lease: hold(folder, id), remove };
    } catch (error) {
      remove();
      const isGone = isLayersError(error) && systemCode(error.cause) === 'ENOENT';
      if (!isGone || attempt >= ATTEMPTS) throw error;
    }
  }
}

function hold(folder: string, id: string): HeldLease {
  const holder = thisHolder(id);
  const holderFile = join(folder, HOLDER_FILE);
  const claims = join(folder, PINS);
  writing(folder, () => {
    mkdirSync(folder);
    writeFileSync(holderFile, JSON.stringify(holder), { flag: 'wx', mode: 0o644 });
    mkdirSync(claims);
  });
  const claimed = new Set<string>();
  return {
    folder,
    holder,
    holderFile,
    pin(digests) {
      for (const digest of digests) {
        const name = pinName(digest);
        // No blob can have a longer name either.
        if (claimed.has(name) || name.length > 255) continue;
        const path = join(claims, name);
        writing(path, () => closeSync(openSync(path, 'wx', 0o644)));
        claimed.add(name);
      }
    },
  };
}

const NO_LEASE: Lease = { folder: null, pin: () => undefined };

/**
 * Does work that reads from the store, and lets no other process collect what it has claimed. A store that cannot be
 * written to is read without: nobody collects anything there. What is claimed has to be looked for after the claim.
 */
export async function withLease<T>(store: Store, work: (lease: Lease) => Promise<T>): Promise<T> {
  if (lstatSync(join(store.path, 'oci-layout'), { throwIfNoEntry: false }) === undefined)
    return work(NO_LEASE);
  let isHeld = false;
  try {
    return await withHeldLease(store, (lease) => {
      isHeld = true;
      return work(lease);
    });
  } catch (error) {
    if (isHeld || !isLayersError(error) || error.code !== 'ERR_LAYERS_WRITE_OUTPUT') throw error;
    return work(NO_LEASE);
  }
}
