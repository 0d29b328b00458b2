import type { Digest } from '@layers/core/digest';
import { listBlobs } from '../blobs/list-blobs.js';
import { createDocumentReader, type DocumentReader } from '../images/document-reader.js';
import { indexedImages } from '../images/list-images.js';
import { reachableBlobs } from '../images/reachable-blobs.js';
import { commitIndex } from '../layout/commit-index.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store, StoreBlob } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { findLeases, leaseBytes, livePins, sweepLeases } from '../lease/live-leases.js';
import { withHeldLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import { sweepLocks } from '../lock/sweep-locks.js';
import { deleteBlob } from './delete-blob.js';
import type { PruneOptions, PruneReport } from './prune-report.js';

const DEFAULT_GRACE_SECONDS = 3600;

/**
 * Removes images without a name, blobs that nothing names, and what ended processes left. What a process at work has
 * claimed stays. Throws ERR_LAYERS_STORE, ERR_LAYERS_STORE_LOCKED, ERR_LAYERS_WRITE_OUTPUT and ERR_LAYERS_READ.
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
      const swept = sweepLeases(store);
      sweepLocks(store);
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

interface Nameless {
  readonly entries: readonly IndexEntry[];
  /** What the images need that go. */
  readonly freed: ReadonlySet<Digest>;
  readonly images: PruneReport['images'];
}

/** What is left of an index without the images that have no name. */
function planNameless(store: Store, entries: readonly IndexEntry[], documents: DocumentReader): Nameless {
  const isClaimed = livePins(store);
  const images = indexedImages(store, { entries }, documents);
  const going = new Set(
    images.flatMap(({ image, entries: own }) =>
      image.refs.length > 0 || isClaimed(image.manifestDigest) ? [] : [...own],
    ),
  );
  // One for several platforms goes when all of them may.
  for (const { image, entries: own } of images) {
    if (image.refs.length > 0 || isClaimed(image.manifestDigest))
      for (const entry of own) going.delete(entry);
  }
  const left =
    going.size === 0 ? entries : entries.filter((entry) => entry.name !== null || !going.has(entry));
  const kept = new Set(left);
  const gone = entries.filter((entry) => !kept.has(entry));
  return {
    entries: left,
    freed: new Set(reachableBlobs(gone, documents).digests.keys()),
    images: images.flatMap(({ image: { id, manifestDigest }, entries: own }) =>
      [...own].some((entry) => kept.has(entry)) ? [] : [{ id, manifestDigest }],
    ),
  };
}

type Garbage = Pick<PruneReport, 'blobs' | 'keptByGrace' | 'keptByLease' | 'unreadable'>;

/**
 * The blobs that nothing names, by what becomes of them. The grace is for what nothing has named yet, and not for what
 * an image that goes has left.
 */
function planGarbage(
  store: Store,
  { entries, freed }: Nameless,
  documents: DocumentReader,
  { graceSeconds = DEFAULT_GRACE_SECONDS }: PruneOptions,
): Garbage {
  const { digests, unreadable } = reachableBlobs(entries, documents);
  const isClaimed = livePins(store);
  const blobs: StoreBlob[] = [];
  const keptByGrace: StoreBlob[] = [];
  const keptByLease: StoreBlob[] = [];
  if (unreadable.length > 0) return { blobs, keptByGrace, keptByLease, unreadable };
  const now = Date.now();
  for (const { digest, size, changedMs } of listBlobs(store).blobs) {
    if (size === null || digests.has(digest)) continue;
    const blob = { digest, sizeBytes: size };
    if (isClaimed(digest)) keptByLease.push(blob);
    else if (graceSeconds > 0 && !freed.has(digest) && now - changedMs < graceSeconds * 1000)
      keptByGrace.push(blob);
    else blobs.push(blob);
  }
  return { blobs, keptByGrace, keptByLease, unreadable };
}

function reportOf(
  { images }: Nameless,
  garbage: Garbage,
  swept: { readonly leases: number; readonly bytes: number },
): PruneReport {
  const reclaimedBytes = garbage.blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, swept.bytes);
  return { images, ...garbage, reclaimedBytes, abandonedUploads: swept.leases };
}
