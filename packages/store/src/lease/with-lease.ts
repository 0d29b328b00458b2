import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { algorithmOf, type Digest, hexOf } from '@layers/core/digest';
import { removeOnExit, systemCode, writing } from '@layers/core/io';
import { isLayersError } from '@layers/errors';
import { makeDirectory } from '../layout/directories.js';
import { isDiskFull } from '../layout/disk-full.js';
import type { Store } from '../layout/store.js';
import { type Holder, type LockHolder, thisHolder } from '../lock/holder.js';

/** A running operation on a store. Garbage collection keeps the blobs that it pins. */
export interface Lease {
  /** The directory of its temporary files; null in a read-only store, where nothing is collected. */
  readonly directory: string | null;
  /** Pins blobs, whether they exist or not. Check that a blob exists after pinning it, not before. */
  pin(digests: Iterable<Digest>): void;
}

/** A lease in a writable store. */
export interface HeldLease extends Lease, LockHolder {
  readonly directory: string;
}

/** The directory of all leases, below `.layers`, and the names in the directory of a lease. */
export const LEASES = 'uploads';
export const HOLDER_FILE = 'holder';
export const PINS = 'pins';

/** Returns the name of the file that pins a blob. */
export function pinName(digest: Digest): string {
  return `${algorithmOf(digest)}-${hexOf(digest)}`;
}

/** A lease that lasts until it is released. Releasing it removes its directory, with all files in it. */
export interface OpenLease {
  readonly lease: Lease;
  release(): void;
}

/**
 * Runs `work` with a lease that allows writing. Removes the lease's directory afterwards, with all files in it. Throws
 * ERR_LAYERS_WRITE_OUTPUT for a read-only store, and what `work` throws.
 */
export async function withHeldLease<T>(store: Store, work: (lease: HeldLease) => Promise<T>): Promise<T> {
  const { lease, remove } = createLease(makeDirectory(store.path, '.layers', LEASES));
  try {
    return await work(lease);
  } finally {
    remove();
  }
}

/**
 * Runs `work` as `withHeldLease` does, also on a full disk, where no lease can be created. For operations that free space and
 * pin nothing.
 */
export async function withRemovalLease<T>(store: Store, work: (lease: HeldLease) => Promise<T>): Promise<T> {
  const { lease, remove } = createRemovalLease(store);
  try {
    return await work(lease);
  } finally {
    remove();
  }
}

function createRemovalLease(store: Store): ReturnType<typeof createLease> {
  try {
    return createLease(makeDirectory(store.path, '.layers', LEASES));
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    const directory = makeDirectory(store.path, '.layers');
    const holder = thisHolder(randomBytes(16).toString('hex'));
    return {
      lease: { directory, holder, holderFile: null, pin: () => undefined },
      remove: () => undefined,
    };
  }
}

const ATTEMPTS = 5;

/** Retries: a process that sleeps before it has named the holder may find its directory removed. */
function createLease(leases: string): { readonly lease: HeldLease; readonly remove: () => void } {
  for (let attempt = 1; ; attempt++) {
    const id = randomBytes(16).toString('hex');
    const directory = join(leases, id);
    const remove = removeOnExit(directory);
    try {
      return { lease: new DirectoryLease(directory, id), remove };
    } catch (error) {
      remove();
      const wasRemoved = isLayersError(error) && systemCode(error.cause) === 'ENOENT';
      if (!wasRemoved || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** A lease as a directory: the holder's file, and an empty file for each pinned blob. */
class DirectoryLease implements HeldLease {
  readonly directory: string;
  readonly holder: Holder;
  readonly holderFile: string;
  readonly #pins: string;
  readonly #pinned = new Set<string>();

  constructor(directory: string, id: string) {
    this.directory = directory;
    this.holder = thisHolder(id);
    this.holderFile = join(directory, HOLDER_FILE);
    this.#pins = join(directory, PINS);
    writing(directory, () => {
      mkdirSync(directory);
      writeFileSync(this.holderFile, JSON.stringify(this.holder), { flag: 'wx', mode: 0o644 });
      mkdirSync(this.#pins);
    });
  }

  pin(digests: Iterable<Digest>): void {
    for (const digest of digests) {
      const name = pinName(digest);
      // No file name can be longer, so that no blob has such a digest either.
      if (this.#pinned.has(name) || name.length > 255) continue;
      const path = join(this.#pins, name);
      writing(path, () => closeSync(openSync(path, 'wx', 0o644)));
      this.#pinned.add(name);
    }
  }
}

const NO_LEASE: Lease = { directory: null, pin: () => undefined };

/** Opens a lease for reading. A read-only store is read without one, since nothing is collected there. */
export function openLease(store: Store): OpenLease {
  const none = { lease: NO_LEASE, release: () => undefined };
  if (lstatSync(join(store.path, 'oci-layout'), { throwIfNoEntry: false }) === undefined) return none;
  try {
    const { lease, remove } = createLease(makeDirectory(store.path, '.layers', LEASES));
    return { lease, release: remove };
  } catch (error) {
    if (!isLayersError(error) || error.code !== 'ERR_LAYERS_WRITE_OUTPUT') throw error;
    return none;
  }
}

/**
 * Runs `work` with a lease, whose pinned blobs `pruneStore` and `removeImages` keep meanwhile, in any process. A read-only
 * store needs none, because nothing is collected there.
 *
 * @returns what `work` returns
 * @throws what `work` throws
 *
 * @example
 * ```ts
 * await withLease(store, async (lease) => {
 *   const { manifestDigest, id, layers } = findImage(store, 'alpine:3.20');
 *   lease.pin([manifestDigest, ...(id === null ? [] : [id]), ...layers.map(({ digest }) => digest)]);
 *   const image = await openStoredImage(store, findImage(store, 'alpine:3.20'));
 *   console.log(await fileTree(image));
 * });
 * ```
 */
export async function withLease<T>(store: Store, work: (lease: Lease) => Promise<T>): Promise<T> {
  const { lease, release } = openLease(store);
  try {
    return await work(lease);
  } finally {
    release();
  }
}
