import { type Image, imageOf } from '@layers/core/api';
import type { Store } from '../layout/store.js';
import { blobError } from '../layout/store-error.js';
import { openStoredArchive } from './read-image.js';
import type { FoundImage } from './stored-image.js';

/**
 * Opens an image of a store, as `openImage` of `@layers/core` opens one of an archive. Reads documents only. Hold a lease
 * while the image is used: see `withLease`.
 *
 * @param image from `findImage` or `listImages`
 * @throws LayersError ERR_LAYERS_STORE_BLOB if one of its blobs is missing or damaged; ERR_LAYERS_READ
 *
 * @example
 * ```ts
 * const image = await openStoredImage(store, findImage(store, 'alpine:3.20'));
 * ```
 */
export async function openStoredImage(store: Store, image: FoundImage): Promise<Image> {
  const archive = await openStoredArchive(store, [image]);
  const [description] = archive.images;
  if (description === undefined) throw blobError(store, image.manifestDigest, 'is not an image');
  return imageOf(archive, description);
}
