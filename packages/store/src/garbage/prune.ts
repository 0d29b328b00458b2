import type { Digest } from '@layers/core/digest';
import { deleteBlob } from '../blobs/blob-file.js';
import { listBlobs } from '../blobs/list-blobs.js';
import { createDocumentReader, type DocumentReader } from '../images/document-reader.js';
import { type IndexedImage, indexedImages } from '../images/list-images.js';
import { reachableBlobs } from '../images/reachable-blobs.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store, StoreBlob, StoreOptions } from '../layout/store.js';
import { assertComplete, readStoreIndex } from '../layout/store-index.js';
import { findLeases, leaseBytes, livePins, removeDeadLeases } from '../lease/live-leases.js';
import { withRemovalLease } from '../lease/with-lease.js';
import { removeDeadLocks, withStoreLock } from '../lock/store-lock.js';
import { commitRemovals } from './commit-removals.js';

/** What `pruneStore` removes. */
export interface PruneOptions extends StoreOptions {
  /**
   * Seconds for which an unreferenced blob is kept after its last write, since other tools write blobs before they add
   * them to the index. Default: 3600.
   */
  readonly graceSeconds?: number | undefined;
  /** Report what would be removed, and remove nothing. */
  readonly dryRun?: boolean | undefined;
}

/** What `pruneStore` removed and kept. */
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
 * @param options `dryRun` removes nothing; `graceSeconds` keeps recent blobs
 * @returns what was removed, in bytes too, and what was kept
 * @throws LayersError ERR_LAYERS_STORE for a damaged index; ERR_LAYERS_STORE_LOCKED if another process keeps the lock;
 *   ERR_LAYERS_WRITE_OUTPUT; ERR_LAYERS_READ; ERR_LAYERS_LIMIT. Also throws the reason of `signal`.
 *
 * @example
 * ```ts
 * const { reclaimedBytes } = await pruneStore(store, { dryRun: true });
 * ```
 */
export async function pruneStore(store: Store, options: PruneOptions = {}): Promise<PruneReport> {
  if (options.dryRun === true) {
    const documents = createDocumentReader(store);
    const index = readStoreIndex(store);
    assertComplete(store, index);
    const withoutNameless = planNameless(store, index.entries, documents);
    const deadLeases = findLeases(store).filter(({ isLive }) => !isLive);
    const bytes = deadLeases.reduce((sum, { directory }) => sum + leaseBytes(directory), 0);
    return reportOf(withoutNameless, planGarbage(store, withoutNameless, documents, options), {
      leases: deadLeases.length,
      bytes,
    });
  }
  return withRemovalLease(store, (lease) =>
    withStoreLock(store, lease, options, async () => {
      const removedLeases = removeDeadLeases(store);
      removeDeadLocks(store);
      const documents = createDocumentReader(store);
      const { planned, collected } = await commitRemovals(
        store,
        lease,
        (index) => {
          assertComplete(store, index);
          return planNameless(store, index.entries, documents);
        },
        (withoutNameless) => {
          const garbage = planGarbage(store, withoutNameless, documents, options);
          for (const { digest } of garbage.blobs) {
            options.signal?.throwIfAborted();
            deleteBlob(store, digest);
          }
          return garbage;
        },
      );
      return reportOf(planned, collected, removedLeases);
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

/** Decides which entries to remove: those of images without a name that no running operation pins. */
function planNameless(
  store: Store,
  entries: readonly IndexEntry[],
  documents: DocumentReader,
): WithoutNameless {
  const isPinned = livePins(store);
  const images = indexedImages(store, { entries }, documents);
  const isRemovable = ({ image }: IndexedImage): boolean =>
    image.refs.length === 0 && !isPinned(image.manifestDigest);
  const removable = entriesOf(images.filter(isRemovable));
  // An index of several platforms is removed only if all of its images are removable.
  for (const entry of entriesOf(images.filter((image) => !isRemovable(image)))) removable.delete(entry);
  const remaining =
    removable.size === 0 ? entries : entries.filter((entry) => entry.name !== null || !removable.has(entry));
  const kept = new Set(remaining);
  const removed = entries.filter((entry) => !kept.has(entry));
  return {
    entries: remaining,
    freed: new Set(reachableBlobs(removed, documents).digests.keys()),
    images: images.flatMap(({ image: { id, manifestDigest }, entries: imageEntries }) =>
      [...imageEntries].some((entry) => kept.has(entry)) ? [] : [{ id, manifestDigest }],
    ),
  };
}

function entriesOf(images: readonly IndexedImage[]): Set<IndexEntry> {
  return new Set(images.flatMap(({ entries }) => [...entries]));
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
  for (const { digest, sizeBytes, changedMs } of listBlobs(store).blobs) {
    if (sizeBytes === null || digests.has(digest)) continue;
    const blob = { digest, sizeBytes };
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
  removedLeases: { readonly leases: number; readonly bytes: number },
): PruneReport {
  const reclaimedBytes = garbage.blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, removedLeases.bytes);
  return { images, ...garbage, reclaimedBytes, abandonedUploads: removedLeases.leases };
}
