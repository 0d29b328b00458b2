import { deleteBlob } from '../blobs/blob-file.js';
import { createDocumentReader, type DocumentReader } from '../images/document-reader.js';
import { type BlobUse, reachableBlobs } from '../images/reachable-blobs.js';
import type { Store } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { livePins, removeDeadLeases } from '../lease/live-leases.js';
import { withRemovalLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import { commitRemovals } from './commit-removals.js';
import { type PlannedRemovals, planRemovals, type Removal, type RemoveOptions } from './plan-removals.js';

/**
 * Removes tags and images, as docker does. With its last tag, an image is deleted, and each of its blobs that no other
 * image needs and no running operation pins. An id stands for the image with its tag; with `force`, with all its tags.
 * Either all of `refs` are removed or none, unless there is `onFailure`.
 *
 * @param refs names, ids or digests, as for `findImage`
 * @returns the removed tags, images and blobs, in the order in which docker reports them
 * @throws LayersError ERR_LAYERS_IMAGE_REFERENCED for an id with several tags, or of one of several platforms, without
 *   `force`; the codes of `findImage`; ERR_LAYERS_STORE_LOCKED if another process keeps the lock;
 *   ERR_LAYERS_WRITE_OUTPUT
 *
 * @example
 * ```ts
 * for (const removal of await removeImages(store, ['app:1.0'])) console.log(removal.kind);
 * ```
 */
export async function removeImages(
  store: Store,
  refs: readonly string[],
  options: RemoveOptions = {},
): Promise<readonly Removal[]> {
  // Reports a missing image also if the store is read-only.
  const before = planRemovals(
    store,
    readStoreIndex(store).entries,
    refs,
    options,
    createDocumentReader(store),
  );
  if (before.removed.length === 0) {
    reportFailures(before, options);
    return [];
  }
  return withRemovalLease(store, (lease) =>
    withStoreLock(store, lease, options, async () => {
      removeDeadLeases(store);
      const documents = createDocumentReader(store);
      const { planned, collected } = await commitRemovals(
        store,
        lease,
        ({ entries, invalid }) => ({
          ...planRemovals(store, entries, refs, options, documents),
          // Any blob may belong to an item whose digest is not known.
          mayDelete: invalid.length === 0,
        }),
        (removal) => (removal.mayDelete ? deleteUnneeded(store, removal, documents) : []),
      );
      reportFailures(planned, options);
      return [...planned.removals, ...collected];
    }),
  );
}

function reportFailures({ failures }: PlannedRemovals, { onFailure }: RemoveOptions): void {
  for (const [ref, error] of failures) onFailure?.(ref, error);
}

const ORDER: readonly BlobUse['what'][] = ['manifest', 'config', 'layer', 'other'];

/** Deletes blobs that only the removed entries need. Deletes none while a document of the others cannot be read. */
function deleteUnneeded(
  store: Store,
  { entries, removed }: PlannedRemovals,
  documents: DocumentReader,
): readonly Removal[] {
  const needed = reachableBlobs(entries, documents);
  if (needed.unreadable.length > 0) return [];
  const unneeded = [...reachableBlobs(removed, documents).digests]
    .filter(([digest]) => !needed.digests.has(digest))
    // Docker also reports the topmost layer first.
    .reverse()
    .sort(([, a], [, b]) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what));
  const isPinned = livePins(store);
  return unneeded.flatMap(([digest, { what }]): Removal[] => {
    if (isPinned(digest)) return [];
    const sizeBytes = deleteBlob(store, digest);
    return sizeBytes === null ? [] : [{ kind: 'blob', what, digest, sizeBytes }];
  });
}
