import type { Digest } from '@layers/core/digest';
import { LayersError } from '@layers/errors';
import type { NewImage } from '@layers/rewrite/image';
import type { Store } from '../layout/store.js';
import { findLeases, sweepLeases } from '../lease/live-leases.js';
import { type HeldLease, withHeldLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import { type CommittedImage, commitImages } from './commit-images.js';
import { createImagePutter, type WrittenToStore } from './image-writer.js';
import type { LoadedImage, LoadOptions } from './loaded-image.js';

/** So often blobs are brought in again that another tool has removed before they were named. */
const ATTEMPTS = 5;

/**
 * Brings images into a store: each blob once, verified on its way, and then the names. A blob that the store has is
 * verified where it lies, and replaced where it is damaged. The images appear all together or not at all; what an
 * interrupted call has copied stays for the next, until garbage is collected.
 *
 * Throws ERR_LAYERS_BLOB_MISMATCH where a stored layer is not what it claims to be, ERR_LAYERS_WRITE_OUTPUT,
 * ERR_LAYERS_STORE, ERR_LAYERS_STORE_LOCKED, and what the layers, and `signal` throw.
 */
export function loadImages(
  store: Store,
  images: readonly NewImage[],
  options: LoadOptions = {},
): Promise<readonly LoadedImage[]> {
  return withHeldLease(store, async (lease) => {
    if (findLeases(store).some(({ isLive }) => !isLive))
      await withStoreLock(store, lease, options, async () => sweepLeases(store));
    const putter = createImagePutter(store, lease, images, options);
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const put = await putter.put();
        const committed = await commit(store, lease, put, options);
        if (committed !== null) return put.map((image, i) => loadedImage(image, committed[i]));
      }
    } finally {
      await putter.close();
    }
    throw new LayersError(
      'ERR_LAYERS_STORE_LOCKED',
      'another tool removes the blobs as soon as they are there',
      {
        archive: store.path,
        hint: 'try again when it is done',
      },
    );
  });
}

function commit(
  store: Store,
  lease: HeldLease,
  images: readonly WrittenToStore[],
  options: LoadOptions,
): Promise<readonly CommittedImage[] | null> {
  return withStoreLock(store, lease, options, () => commitImages(store, lease, images));
}

function loadedImage(
  { documents, tags, blobs }: WrittenToStore,
  committed: CommittedImage | undefined,
): LoadedImage {
  const id: Digest = documents.config.digest;
  return {
    id,
    manifestDigest: documents.manifest.digest,
    tags,
    wasThere: committed?.wasThere ?? false,
    isUnchanged: (committed?.isUnchanged ?? false) && blobs.written === 0,
    displaced: committed?.displaced ?? [],
    blobs,
  };
}
