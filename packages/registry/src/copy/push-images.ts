import type { Digest } from '@layers/core/digest';
import type { Progress } from '@layers/core/image';
import { atOnce } from '@layers/core/io';
import { isNonDistributable } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import {
  compressTar,
  createLayerDigests,
  type Document,
  generatedIndex,
  type ImageDocuments,
  imageDocuments,
  knownFacts,
  type NamedDocuments,
  namedDocuments,
  type StagedLayers,
  stageLayers,
  uniqueLayers,
} from '@layers/rewrite/archive';
import type { NewImage, NewLayer, WrittenImage } from '@layers/rewrite/image';
import type { PushResult, Repository } from '../client/repository.js';
import { TransferProgress } from './transfer-progress.js';

/** How to push. */
export interface PushOptions {
  readonly signal?: AbortSignal | undefined;
  /** Counts bytes of blobs. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Repositories of the same registry that may have the blobs. */
  readonly mountFrom?: readonly string[] | undefined;
  /** Called at the first failure, to end the other requests. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** A pushed image, or index of images. */
export interface PushedImage {
  /** The digest of what the tag names: the manifest, or the index of several platforms. */
  readonly digest: Digest;
  readonly mediaType: string;
  readonly images: readonly WrittenImage[];
  readonly blobs: PushCounts;
}

/** Blobs that were sent, taken from another repository, or there. */
export interface PushCounts {
  uploaded: number;
  uploadedBytes: number;
  mounted: number;
  existing: number;
}

/** Connections at once: skopeo has six. */
export const CONCURRENT_BLOBS = 4;

/**
 * Pushes images to a repository: blobs first, several at once and the largest first, then manifests. Several images are
 * pushed as one index: that of the images, if they have one. A blob that the repository has is not sent.
 *
 * @param reference the tag
 * @throws LayersError ERR_LAYERS_USAGE for images of several indexes; ERR_LAYERS_REGISTRY_WRITE, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS; what the layers throw
 */
export async function pushImages(
  repository: Repository,
  reference: string,
  images: readonly NewImage[],
  options: PushOptions = {},
): Promise<PushedImage> {
  const digests = createLayerDigests();
  const { signal } = options;
  const context = {
    digests,
    compress: (tar: AsyncIterable<Uint8Array>, compression: Parameters<typeof compressTar>[1]) =>
      compressTar(tar, compression, { signal }),
    onBytes: () => signal?.throwIfAborted(),
  };
  try {
    const staged = await stageLayers(uniqueLayers(images), null, context);
    try {
      return await pushStaged(repository, reference, images, staged, options);
    } finally {
      staged.remove();
    }
  } finally {
    await digests.close();
  }
}

async function pushStaged(
  repository: Repository,
  reference: string,
  images: readonly NewImage[],
  staged: StagedLayers,
  options: PushOptions,
): Promise<PushedImage> {
  const documentsOf = (image: NewImage) => imageDocuments(image, true, knownFacts(staged.facts));
  const documents = images.map(documentsOf);
  const root = rootOf(documents);
  const attached = images[0]?.index?.attached.map(documentsOf) ?? [];
  const counts: PushCounts = { uploaded: 0, uploadedBytes: 0, mounted: 0, existing: 0 };
  const blobs = blobsToPush([...documents, ...attached], staged);
  const progress = new TransferProgress(blobs, options.onProgress);
  await atOnce(
    blobs,
    CONCURRENT_BLOBS,
    async ({ digest, size, open }) => {
      const result = await repository.pushBlob({
        digest,
        size,
        open,
        mountFrom: options.mountFrom,
        onProgress: (bytes) => progress.update(digest, bytes),
      });
      count(counts, result, size);
      progress.update(digest, size);
    },
    options.onFailure,
  );
  const written = documents.map(({ image, config, manifest, layers }) => ({
    id: config.digest,
    manifestDigest: manifest.digest,
    tags: image.tags,
    layers: layers.map(({ layer: _, ...facts }) => facts),
  }));
  const { digest, mediaType } = root;
  // Registries refuse an index before its manifests.
  for (const { manifest } of [...documents, ...attached])
    if (manifest.digest !== digest) await repository.pushManifest(manifest.digest, manifest);
  for (const nested of root.nested) await repository.pushManifest(nested.digest, nested);
  await repository.pushManifest(reference, root);
  return { digest, mediaType, images: written, blobs: counts };
}

/** Returns what the tag names: the index of the images, or the manifest of a single one. Throws ERR_LAYERS_USAGE. */
function rootOf(documents: readonly ImageDocuments[]): Document & Pick<NamedDocuments, 'nested'> {
  const groups = namedDocuments(documents);
  const [first] = groups;
  if (first !== undefined && groups.length === 1) return { ...first.root, nested: first.nested };
  if (documents.every(({ image }) => image.index === undefined))
    return { ...generatedIndex(documents), nested: [] };
  throw new LayersError('ERR_LAYERS_USAGE', 'images of several indexes cannot have one name', {
    hint: 'push the images of each index under a name of their own',
  });
}

export function count(counts: PushCounts, result: PushResult, size: number): void {
  if (result === 'exists') counts.existing++;
  else if (result === 'mounted') counts.mounted++;
  else {
    counts.uploaded++;
    counts.uploadedBytes += size;
  }
}

interface BlobToPush {
  readonly digest: Digest;
  readonly size: number;
  open(position: number): AsyncIterable<Uint8Array>;
}

/** Returns the blobs of images, each once, the largest first. */
function blobsToPush(documents: readonly ImageDocuments[], staged: StagedLayers): readonly BlobToPush[] {
  const blobs = new Map<Digest, BlobToPush>();
  for (const { image, config, layers } of documents) {
    const { bytes } = config;
    blobs.set(config.digest, {
      digest: config.digest,
      size: bytes.length,
      open: (from) => rest([bytes], from),
    });
    image.layers.forEach((layer, i) => {
      const written = layers[i];
      // Registries do not take layers that must not be distributed.
      if (written === undefined || isNonDistributable(written.mediaType) || blobs.has(written.digest)) return;
      const { digest, sizeBytes } = written;
      blobs.set(digest, { digest, size: sizeBytes, open: (from) => openLayer(layer, staged, from) });
    });
  }
  return [...blobs.values()].sort((a, b) => b.size - a.size);
}

const CHUNK_BYTES = 1024 * 1024;

function openLayer(layer: NewLayer, staged: StagedLayers, from: number): AsyncIterable<Uint8Array> {
  const source = layer.kind === 'generated' ? staged.source(layer) : layer.source;
  if (source !== null) return source.stream(from, CHUNK_BYTES);
  return rest(layer.kind === 'generated' ? layer.tar() : layer.chunks(), from);
}

/** Yields the bytes after a position. */
async function* rest(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  from: number,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  for await (const chunk of chunks) {
    const skipped = Math.max(0, Math.min(chunk.length, from - position));
    position += chunk.length;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}
