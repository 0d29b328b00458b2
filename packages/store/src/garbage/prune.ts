import type { Digest } from '@layers/core/digest';
import { deleteBlob } from '../blobs/blob-file.js';
import { listBlobs } from '../blobs/list-blobs.js';
import { createDocumentReader, type DocumentReader } from '../images/document-reader.js';
import { indexedImages } from '../images/list-images.js';
import { reachableBlobs } from '../images/reachable-blobs.js';
import { commitIndex } from '../layout/commit-index.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store, StoreBlob, StoreOptions } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { findLeases, leaseBytes, livePins, removeDeadLeases } from '../lease/live-leases.js';
import { withHeldLease } from '../lease/with-lease.js';
import { removeDeadLocks, withStoreLock } from '../lock/store-lock.js';

export interface PruneOptions extends StoreOptions {
  /**
   * Seconds for which an unreferenced blob is kept after its last write, since other tools write blobs before they add
   * them to the index. Default: 3600.
   */
  readonly graceSeconds?: number | undefined;
  /** Report what would be removed, and remove nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface PruneReport {
  /** The removed images: those without a name. */
  readonly images: readonly { readonly id: Digest | null; readonly manifestDigest: Digest }[];
  /** The removed blobs. */
  readonly blobs: readonly StoreBlob[];
  /** Bytes of `blobs`, and of the temporary files of processes that have ended. */
  readonly reclaimedBytes: number;
  /** Unreferenced blobs that are younger than `graceSeconds`. */
  readonly keptByGrace: readonly StoreBlob[];
  /** Unreferenced blobs that a running operation pins. */
  readonly keptByLease: readonly StoreBlob[];
  /** Leases of processes that were killed. */
  readonly abandonedUploads: number;
  /** Manifests and indexes that cannot be read. While there are any, no unreferenced blob is removed. */
  readonly unreadable: readonly { readonly digest: Digest; readonly message: string }[];
}

const DEFAULT_GRACE_SECONDS = 3600;

/**
 * Removes images without a name, blobs that no image needs, and the temporary files of processes that have ended. Keeps
 * blobs that a running operation pins.
 *
 * @throws LayersError ERR_LAYERS_STORE, ERR_LAYERS_STORE_LOCKED, ERR_LAYERS_WRITE_OUTPUT, ERR_LAYERS_READ,
 *   ERR_LAYERS_LIMIT; what `signal` throws
 */
export async function pruneStore(store: Store, options: PruneOptions = {}): Promise<PruneReport> {
  if (options.dryRun === true) {
    const documents = createDocumentReader(store);
    const nameless = planNameless(store, readStoreIndex(store).entries, documents);
    const dead = findLeases(store).filter(({ isLive }) => !isLive);
    const bytes = dead.reduce((sum, { folder }) => sum + leaseBytes(folder), 0);
    return reportOf(nameless, planGarbage(store, nameless, documents, options), {
      leases: dead.length,
      bytes,
    });
  }
  return withHeldLease(store, (lease) =>
    withStoreLock(store, lease, options, async () => {
      const swept = removeDeadLeases(store);
      removeDeadLocks(store);
      const documents = createDocumentReader(store);
      const nameless = await commitIndex(store, lease, ({ entries }) =>
        planNameless(store, entries, documents),
      );
      const garbage = planGarbage(store, nameless, documents, options);
      for (const { digest } of garbage.blobs) {
        options.signal?.throwIfAborted();
        deleteBlob(store, digest);
      }
      return reportOf(nameless, garbage, swept);
    }),
  );
}

/** An index without its images that have no name. */
interface WithoutNameless {
  readonly entries: readonly IndexEntry[];
  /** Blobs that the removed images need. */
  readonly freed: ReadonlySet<Digest>;
  readonly images: PruneReport['images'];
}

/** Decides which entries to remove with the images that have no name and that nobody pins. */
function planNameless(
  store: Store,
  entries: readonly IndexEntry[],
  documents: DocumentReader,
): WithoutNameless {
  const isPinned = livePins(store);
  const images = indexedImages(store, { entries }, documents);
  const removable = new Set(
    images.flatMap(({ image, entries: own }) =>
      image.refs.length > 0 || isPinned(image.manifestDigest) ? [] : [...own],
    ),
  );
  // The index of several platforms is removed only where all of its images may be.
  for (const { image, entries: own } of images) {
    if (image.refs.length > 0 || isPinned(image.manifestDigest))
      for (const entry of own) removable.delete(entry);
  }
  const left =
    removable.size === 0 ? entries : entries.filter((entry) => entry.name !== null || !removable.has(entry));
  const kept = new Set(left);
  const removed = entries.filter((entry) => !kept.has(entry));
  return {
    entries: left,
    freed: new Set(reachableBlobs(removed, documents).digests.keys()),
    images: images.flatMap(({ image: { id, manifestDigest }, entries: own }) =>
      [...own].some((entry) => kept.has(entry)) ? [] : [{ id, manifestDigest }],
    ),
  };
}

type Garbage = Pick<PruneReport, 'blobs' | 'keptByGrace' | 'keptByLease' | 'unreadable'>;

/**
 * Decides which unreferenced blobs to remove. The grace period protects blobs that no index names yet; it does not apply to
 * blobs of the images that are removed.
 */
function planGarbage(
  store: Store,
  { entries, freed }: WithoutNameless,
  documents: DocumentReader,
  { graceSeconds = DEFAULT_GRACE_SECONDS }: PruneOptions,
): Garbage {
  const { digests, unreadable } = reachableBlobs(entries, documents);
  const isPinned = livePins(store);
  const blobs: StoreBlob[] = [];
  const keptByGrace: StoreBlob[] = [];
  const keptByLease: StoreBlob[] = [];
  if (unreadable.length > 0) return { blobs, keptByGrace, keptByLease, unreadable };
  const now = Date.now();
  for (const { digest, size, changedMs } of listBlobs(store).blobs) {
    if (size === null || digests.has(digest)) continue;
    const blob = { digest, sizeBytes: size };
    if (isPinned(digest)) keptByLease.push(blob);
    else if (graceSeconds > 0 && !freed.has(digest) && now - changedMs < graceSeconds * 1000)
      keptByGrace.push(blob);
    else blobs.push(blob);
  }
  return { blobs, keptByGrace, keptByLease, unreadable };
}

function reportOf(
  { images }: WithoutNameless,
  garbage: Garbage,
  swept: { readonly leases: number; readonly bytes: number },
): PruneReport {
  const reclaimedBytes = garbage.blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, swept.bytes);
  return { images, ...garbage, reclaimedBytes, abandonedUploads: swept.leases };
}
