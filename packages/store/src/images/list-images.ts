import type { Digest } from '@layers/core/digest';
import type { Descriptor } from '@layers/core/oci';
import type { Store } from '../layout/store.js';
import { readStoreIndex, type StoreIndex } from '../layout/store-index.js';
import { type DescribedImage, describeImage, sumOf } from './describe-image.js';
import { createDocumentReader, type DocumentReader } from './document-reader.js';
import { type FoundManifest, findManifests } from './find-manifests.js';
import type { StoredImage } from './stored-image.js';

/**
 * Lists the images of a store, one for each manifest, in the order of the index (OCI image-index.md). Reads the index,
 * manifests and configs, and the sizes of layers. An image that cannot be used has a `problem`.
 *
 * @returns the images, with names and sizes in bytes
 * @throws LayersError ERR_LAYERS_STORE for a damaged index; ERR_LAYERS_READ
 *
 * @example
 * ```ts
 * for (const { refs, sizeBytes } of listImages(store)) console.log(refs.join(' '), sizeBytes);
 * ```
 */
export function listImages(store: Store): readonly StoredImage[] {
  return indexedImages(store, readStoreIndex(store)).map(({ image }) => image);
}

/** Lists the names of all images, each once, in the order of the index, and reads nothing else. Throws ERR_LAYERS_STORE. */
export function listNames(store: Store): readonly string[] {
  const names = readStoreIndex(store).entries.flatMap(({ name }) => (name === null ? [] : [name]));
  return [...new Set(names)];
}

/** An image, and the entries of the index that lead to it. */
export interface IndexedImage {
  readonly image: StoredImage;
  /** The descriptor of its manifest. */
  readonly descriptor: Descriptor;
  readonly entries: FoundManifest['entries'];
}

/** Lists the images of an index. */
export function indexedImages(
  store: Store,
  { entries }: Pick<StoreIndex, 'entries'>,
  documents: DocumentReader = createDocumentReader(store),
): readonly IndexedImage[] {
  const all = findManifests(entries, documents).flatMap((found) => {
    const image = describeImage(store, documents, found);
    return image === null ? [] : [{ image, descriptor: found.descriptor, entries: found.entries }];
  });
  const users = new Map<Digest, number>();
  for (const { image } of all)
    for (const digest of image.blobs.keys()) users.set(digest, (users.get(digest) ?? 0) + 1);
  return all.map(({ image, ...found }) => ({ ...found, image: withShares(image, users) }));
}

function withShares({ blobs, ...image }: DescribedImage, users: ReadonlyMap<Digest, number>): StoredImage {
  const uniqueBytes = sumOf([...blobs].flatMap(([digest, size]) => (users.get(digest) === 1 ? [size] : [])));
  return { ...image, uniqueBytes, sharedBytes: image.sizeBytes - uniqueBytes };
}
