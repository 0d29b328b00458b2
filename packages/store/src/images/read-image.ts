import type { Digest } from '@layers/core/digest';
import {
  type Archive,
  type ArchiveReader,
  blobName,
  describeArchive,
  openArchiveReader,
  type ReadImage,
  type ReadOptions,
  readImage,
} from '@layers/core/image';
import {
  type Descriptor,
  descriptorPlatform,
  IMAGE_NAME,
  isAttestation,
  OCI_MANIFEST,
  parseIndex,
  parseJson,
  REF_NAME,
} from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import { jsonBytes } from '@layers/rewrite/archive';
import { blobSize } from '../blobs/blob-file.js';
import { entryName } from '../layout/entry-names.js';
import type { Store } from '../layout/store.js';
import { BLOB_HINT, blobError } from '../layout/store-error.js';
import { INDEX_FILE } from '../layout/store-index.js';
import { withBlobErrors } from './blob-errors.js';
import type { FoundImage } from './stored-image.js';

/**
 * Opens images of a store as an archive, in the given order, with all their names and without the other images. Damage to
 * other images has no effect.
 *
 * @throws LayersError ERR_LAYERS_STORE_BLOB for a missing blob, or one with a wrong size or an invalid document; what
 *   `openArchive` of `@layers/core` throws
 */
export async function openStoredArchive(
  store: Store,
  images: readonly FoundImage[],
  options: ReadOptions = {},
): Promise<Archive> {
  for (const image of images) assertUsable(store, image);
  return withBlobErrors(store, async () => {
    const opened = await openArchiveReader({ path: store.path }, options);
    const index = jsonBytes({
      schemaVersion: 2,
      manifests: [
        ...images.flatMap((image) => descriptorsOf(store, image)),
        ...attestationsOf(opened.reader, images),
      ],
    });
    return describeArchive({ ...opened, reader: withIndex(opened.reader, index, images) });
  });
}

/**
 * Reads the layers of an image of a store.
 *
 * @throws LayersError ERR_LAYERS_STORE_BLOB for a damaged layer; what `openStoredArchive` and `readImage` of
 *   `@layers/core` throw
 */
export async function readStoredImage(
  store: Store,
  image: FoundImage,
  options: ReadOptions = {},
): Promise<ReadImage> {
  const archive = await openStoredArchive(store, [image], options);
  const [description] = archive.images;
  if (description === undefined) throw blobError(store, image.manifestDigest, 'is not an image');
  const read = await withBlobErrors(store, () => readImage(archive, description, options));
  for (const { description: layer, index, verified } of read.layers) {
    if (layer.digest === null) continue;
    if (verified === false) throw blobError(store, layer.digest, 'is damaged: its bytes have another digest');
    if (index !== null && index.problem !== null) {
      throw blobError(store, layer.digest, `is damaged: ${index.problem.message}`);
    }
  }
  return read;
}

function assertUsable(store: Store, { manifestDigest, problem }: FoundImage): void {
  if (problem === null) return;
  const { code, message } = problem;
  if (code !== 'ERR_LAYERS_STORE_BLOB') throw blobError(store, manifestDigest, `cannot be used: ${message}`);
  throw new LayersError(code, message, {
    archive: store.path,
    hint: BLOB_HINT,
  });
}

function descriptorsOf(store: Store, { manifestDigest, platform, refs }: FoundImage): object[] {
  const declared = platform === null ? null : descriptorPlatform(platform);
  const descriptor = {
    mediaType: OCI_MANIFEST,
    digest: manifestDigest,
    size: blobSize(store, manifestDigest) ?? 0,
    ...(declared === null ? {} : { platform: declared }),
  };
  if (refs.length === 0) return [descriptor];
  return refs.map((ref) => {
    const qualified = entryName(ref)?.qualified ?? null;
    const name = qualified === null ? {} : { [IMAGE_NAME]: qualified };
    return { ...descriptor, annotations: { ...name, [REF_NAME]: ref } };
  });
}

/** Returns the descriptors of the attestations that the indexes of images list. */
function attestationsOf(reader: ArchiveReader, images: readonly FoundImage[]): object[] {
  const indexes = new Set(images.flatMap(({ indexDigests }) => indexDigests));
  const attestations = new Map<Digest, object>();
  for (const digest of indexes) {
    for (const descriptor of descriptorsIn(reader, digest)) {
      const { mediaType, size, annotations } = descriptor;
      if (!isAttestation(descriptor)) continue;
      attestations.set(descriptor.digest, {
        mediaType,
        digest: descriptor.digest,
        size,
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: Object.fromEntries(annotations),
      });
    }
  }
  return [...attestations.values()];
}

/** Returns the descriptors of an index; none of one that cannot be read, whose images are known already. */
function descriptorsIn(reader: ArchiveReader, digest: Digest): readonly Descriptor[] {
  const file = reader.find(blobName(digest));
  if (file === null) return [];
  try {
    return parseIndex(parseJson(reader.read(file), digest), digest).manifests;
  } catch (error) {
    if (isLayersError(error)) return [];
    throw error;
  }
}

/** Returns a reader of the layout with another index. Besides the index, it finds only blobs, and lists those of the images. */
function withIndex(reader: ArchiveReader, index: Uint8Array, images: readonly FoundImage[]): ArchiveReader {
  return {
    ...reader,
    names: () => new Set(images.flatMap(blobsOf).map(blobName)),
    find(name) {
      if (name === INDEX_FILE) return { name, type: 'file', size: index.length, target: null };
      return name.startsWith('blobs/') ? reader.find(name) : null;
    },
    read: (file) => (file.name === INDEX_FILE ? index : reader.read(file)),
  };
}

function blobsOf({ id, manifestDigest, layers }: FoundImage): Digest[] {
  const digests = [manifestDigest, ...layers.map(({ digest }) => digest)];
  return id === null ? digests : [...digests, id];
}
