import { createDocumentReader, type DocumentReader } from '../images/document-reader.js';
import { type BlobUse, reachableBlobs } from '../images/reachable-blobs.js';
import { commitIndex } from '../layout/commit-index.js';
import type { Store } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { livePins, sweepLeases } from '../lease/live-leases.js';
import { withHeldLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import { deleteBlob } from './delete-blob.js';
import { type PlannedRemovals, planRemovals } from './plan-removals.js';
import type { Removal, RemoveOptions } from './prune-report.js';

/**
 * Removes names and images as docker does. A name that is not the last one of its image goes alone; with the last one
 * the image goes, and the blobs that no other image and no process at work needs. An id stands for the image with its
 * name, with `force` for all its names. Either all of `refs` are removed or none.
 *
 * Throws ERR_LAYERS_IMAGE_REFERENCED where an id stands for several names or for one of several platforms, as
 * `findImage` does, ERR_LAYERS_STORE_LOCKED and ERR_LAYERS_WRITE_OUTPUT.
 */
export async function removeImages(
  store: Store,
  refs: readonly string[],
  options: RemoveOptions = {},
): Promise<readonly Removal[]> {
  // Nobody needs a store that can be written to for being told that there is no such image.
  planRemovals(store, readStoreIndex(store).entries, refs, options, createDocumentReader(store));
  return withHeldLease(store, (lease) =>
    withStoreLock(store, lease, options, async () => {
      sweepLeases(store);
      const documents = createDocumentReader(store);
      const planned = await commitIndex(store, lease, ({ entries }) =>
        planRemovals(store, entries, refs, options, documents),
      );
      return [...planned.removals, ...collect(store, planned, documents)];
    }),
  );
}

const ORDER: readonly BlobUse['what'][] = ['manifest', 'config', 'layer', 'other'];

/** Deletes what only the removed entries needed; nothing where nobody knows what the others need. */
function collect(
  store: Store,
  { entries, removed }: PlannedRemovals,
  documents: DocumentReader,
): readonly Removal[] {
  const needed = reachableBlobs(entries, documents);
  if (needed.unreadable.length > 0) return [];
  const going = [...reachableBlobs(removed, documents).digests]
    .filter(([digest]) => !needed.digests.has(digest))
    // Docker, too, tells of the topmost layer first.
    .reverse()
    .sort(([, a], [, b]) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what));
  const isClaimed = livePins(store);
  return going.flatMap(([digest, { what }]): Removal[] => {
    if (isClaimed(digest)) return [];
    const size = deleteBlob(store, digest);
    return size === null ? [] : [{ kind: 'blob', what, digest, sizeBytes: size }];
  });
}
