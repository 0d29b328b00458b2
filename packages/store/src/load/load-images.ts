import type { Digest } from '@layers/core/digest';
import type { Progress } from '@layers/core/image';
import { LayersError } from '@layers/errors';
import type { NewImage } from '@layers/rewrite/image';
import type { Store, StoreOptions } from '../layout/store.js';
import { findLeases, removeDeadLeases } from '../lease/live-leases.js';
import { withHeldLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import { type CommittedImage, commitImages } from './commit-images.js';
import { type ImageWithBlobs, ImageWriter } from './image-writer.js';

export interface LoadOptions extends StoreOptions {
  /** Counts bytes of layers; uncompressed bytes of generated ones. The total is null where it is not known in advance. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The result of loading one image. */
export interface LoadedImage {
  /** Digest of the config, which docker prints as the image id. */
  readonly id: Digest;
  readonly manifestDigest: Digest;
  /** Its names from this call, as docker prints them. */
  readonly tags: readonly string[];
  /** Whether the store had the image with these names, so that nothing has changed. */
  readonly isUnchanged: boolean;
  /** Whether the store had the image, under any name. */
  readonly wasThere: boolean;
  /** Images that lost a name to this one. `id` is null where the manifest cannot be read. */
  readonly displaced: readonly {
    readonly ref: string;
    readonly id: Digest | null;
    readonly manifestDigest: Digest;
  }[];
  /** Blobs of this image. A blob that several images of one call share counts for the first. */
  readonly blobs: BlobCounts;
}

export interface BlobCounts {
  readonly written: number;
  readonly writtenBytes: number;
  /** Blobs that the store had, with verified digests. */
  readonly reused: number;
  readonly reusedBytes: number;
  /** Of `written`, the blobs that replace damaged ones. */
  readonly mended: number;
}

/** Limits the retries where another tool deletes blobs before the index names them. */
const ATTEMPTS = 5;

/**
 * Loads images into a store: writes each blob once, verified, and then updates the index. Verifies blobs that the store has,
 * and replaces damaged ones. Either all images appear or none. Blobs of an interrupted call stay until they are pruned, and
 * the next call reuses them.
 *
 * @throws LayersError ERR_LAYERS_BLOB_MISMATCH for a layer with another digest than declared; ERR_LAYERS_WRITE_OUTPUT;
 *   ERR_LAYERS_STORE; ERR_LAYERS_STORE_LOCKED; what the layers and `signal` throw
 */
export function loadImages(
  store: Store,
  images: readonly NewImage[],
  options: LoadOptions = {},
): Promise<readonly LoadedImage[]> {
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

function loadedImage(
  { documents, names, blobs }: ImageWithBlobs,
  committed: CommittedImage | undefined,
): LoadedImage {
  return {
    id: documents.config.digest,
    manifestDigest: documents.manifest.digest,
    tags: names.map(({ shown }) => shown),
    wasThere: committed?.wasThere ?? false,
    isUnchanged: (committed?.isUnchanged ?? false) && blobs.written === 0,
    displaced: committed?.displaced ?? [],
    blobs,
  };
}
