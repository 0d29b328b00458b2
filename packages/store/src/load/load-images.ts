import { isReservedName } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { NewImage } from '@layers/rewrite/image';
import type { Store } from '../layout/store.js';
import { findLeases, removeDeadLeases } from '../lease/live-leases.js';
import { withHeldLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import { type CommittedImage, commitImages } from './commit-images.js';
import { type ImageWithBlobs, ImageWriter } from './image-writer.js';
import type { LoadedImage, LoadOptions } from './loaded-image.js';

/** Limits the retries if another tool deletes blobs before the index names them. */
const ATTEMPTS = 5;

/**
 * Loads images into a store: writes each blob once, verified, and then updates the index. Verifies blobs that the store has,
 * and replaces damaged ones. Either all images appear or none. Blobs of an interrupted call stay until they are pruned, and
 * the next call reuses them.
 *
 * @param images planned by `repackImage` and other functions of `@layers/rewrite`, or by `importRootfs`
 * @param options `onProgress` counts bytes of layers
 * @returns the loaded images in the order of `images`, with the numbers and bytes of written and reused blobs
 * @throws LayersError ERR_LAYERS_REFERENCE for a name that is or resembles an image id; ERR_LAYERS_BLOB_MISMATCH for a layer with a
 *   wrong digest; ERR_LAYERS_LIMIT for an index that would be too large; ERR_LAYERS_WRITE_OUTPUT;
 *   ERR_LAYERS_STORE for a damaged index; ERR_LAYERS_STORE_LOCKED if another process keeps the lock. Also throws what the
 *   layers throw, and the reason of `signal`.
 *
 * @example
 * ```ts
 * const image = await repackImage(await openImage('alpine.tar'));
 * const [loaded] = await loadImages(store, [image]);
 * console.log(loaded?.id);
 * ```
 */
export async function loadImages(
  store: Store,
  images: readonly NewImage[],
  options: LoadOptions = {},
): Promise<readonly LoadedImage[]> {
  for (const { tags } of images) for (const tag of tags) refuseId(tag);
  return withHeldLease(store, async (lease) => {
    if (findLeases(store).some(({ isLive }) => !isLive))
      await withStoreLock(store, lease, options, async () => removeDeadLeases(store));
    const writer = new ImageWriter(store, lease, images, options);
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const written = await writer.write();
        const committed = await withStoreLock(store, lease, options, () =>
          commitImages(store, lease, written),
        );
        if (committed !== null) return written.map((image, i) => loadedImage(image, committed[i]));
      }
    } finally {
      await writer.close();
    }
    throw new LayersError(
      'ERR_LAYERS_STORE_LOCKED',
      'another tool deletes the blobs before the index names them',
      { archive: store.path, hint: 'try again when it is done' },
    );
  });
}

/** Throws ERR_LAYERS_REFERENCE for a name that is or resembles an image id: it would hide the image with that id. */
function refuseId(tag: string): void {
  if (!isReservedName(tag)) return;
  throw new LayersError(
    'ERR_LAYERS_REFERENCE',
    `${JSON.stringify(tag)} is an image id, or resembles one, and cannot be a name`,
    {
      hint: 'give the image another name',
    },
  );
}

function loadedImage(
  { documents, names, blobs }: ImageWithBlobs,
  committed: CommittedImage | undefined,
): LoadedImage {
  return {
    id: documents.config.digest,
    manifestDigest: documents.manifest.digest,
    tags: names.map(({ shown }) => shown),
    layers: documents.layers.map(({ layer: _, ...written }) => written),
    wasThere: committed?.wasThere ?? false,
    isUnchanged: (committed?.isUnchanged ?? false) && blobs.written === 0,
    displaced: committed?.displaced ?? [],
    blobs,
  };
}
