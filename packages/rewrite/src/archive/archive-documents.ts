import { hexOf } from '@layers/core/digest';
import { blobName, MAX_FILES, MAX_MANIFESTS } from '@layers/core/image';
import { hostPlatform, IMAGE_NAME, OCI_INDEX, OCI_MANIFEST, platformRank, REF_NAME } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { NewImage, NewLayer, WrittenImage } from '../image/new-image.js';
import {
  assertReadable,
  descriptorOf,
  type ImageDocuments,
  imageDocuments,
  jsonBytes,
} from './image-documents.js';
import { descriptorWithPlatform, type NamedDocuments, namedDocuments } from './index-documents.js';
import { type FactsOf, internalError, isAbsent, withAttached } from './layer-facts.js';

/**
 * `hybrid` is an OCI layout in a tar with a `manifest.json`, which every loader accepts. `docker` is the format of
 * `docker save` before version 25, without obsolete files. `oci` is an OCI layout in a tar, `oci-dir` one in a directory.
 */
export type ArchiveFormat = 'hybrid' | 'docker' | 'oci' | 'oci-dir';

/** The files of an archive or layout, in order, each name once. */
export interface ArchiveDocuments {
  readonly documents: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Layers follow the documents. */
  readonly layers: readonly { readonly name: string; readonly sizeBytes: number; readonly layer: NewLayer }[];
  readonly images: readonly WrittenImage[];
}

/**
 * Composes the documents of an archive. Pure. Throws what `imageDocuments` throws, ERR_LAYERS_LAYER_MISSING for a layer that
 * the format cannot lack, and ERR_LAYERS_LIMIT for an index that no reader would accept.
 */
export function archiveDocuments(
  images: readonly NewImage[],
  format: ArchiveFormat,
  factsOf: FactsOf,
): ArchiveDocuments {
  const isOci = format === 'oci' || format === 'oci-dir';
  const hasIndexes = format !== 'docker';
  const documentsOf = (image: NewImage) =>
    imageDocuments(isOci ? withOciManifest(image) : image, hasIndexes, factsOf);
  const written = images.map(documentsOf);
  const named = hasIndexes ? namedDocuments(written) : [];
  const attached = hasIndexes ? withAttached(images).slice(images.length) : [];
  const all = [...written, ...attached.map((image) => imageDocuments(image, true, factsOf))];
  const names = format === 'docker' ? DOCKER_NAMES : LAYOUT_NAMES;
  const documents = new Map<string, Uint8Array>();
  if (format !== 'docker') {
    documents.set('oci-layout', jsonBytes({ imageLayoutVersion: '1.0.0' }));
    documents.set('index.json', jsonBytes(indexOf(named)));
  }
  if (!isOci) {
    const alone = hasIndexes ? named.map(forThisMachine) : written;
    for (const image of alone) assertComplete(image);
    documents.set('manifest.json', jsonBytes(alone.map((image) => dockerEntryOf(image, names))));
  }
  for (const [name, bytes] of documents) assertReadable(bytes, name);
  if (format !== 'docker') {
    for (const { manifest } of all) documents.set(blobName(manifest.digest), manifest.bytes);
    for (const { root, nested } of named)
      for (const { digest, bytes } of [...nested, root]) documents.set(blobName(digest), bytes);
  }
  for (const image of all) documents.set(names.config(image), image.config.bytes);
  const layers = new Map<string, ArchiveDocuments['layers'][number]>();
  for (const layer of all.flatMap((image) => image.layers)) {
    if (isAbsent(layer.layer)) continue;
    const name = names.layer(layer);
    if (!documents.has(name) && !layers.has(name))
      layers.set(name, { name, sizeBytes: layer.sizeBytes, layer: layer.layer });
  }
  assertCounts(all.length, documents.size + layers.size, format);
  return {
    documents: [...documents].map(([name, bytes]) => ({ name, bytes })),
    layers: [...layers.values()],
    images: written.map((image) => writtenImage(image, format)),
  };
}

/** Throws ERR_LAYERS_LAYER_MISSING: `manifest.json` names the file of every layer. */
function assertComplete({ layers }: ImageDocuments): void {
  const position = layers.findIndex(({ layer }) => isAbsent(layer));
  if (position < 0) return;
  throw new LayersError(
    'ERR_LAYERS_LAYER_MISSING',
    `layer ${position} is not distributable and not at hand, and docker load needs it`,
    { hint: 'write an OCI layout or an OCI archive, which can lack the layer' },
  );
}

/** Throws ERR_LAYERS_LIMIT for an archive with more images or files than a reader accepts. */
function assertCounts(images: number, files: number, format: ArchiveFormat): void {
  const isTooMany = (format !== 'docker' && images > MAX_MANIFESTS) || files > MAX_FILES;
  if (!isTooMany) return;
  throw new LayersError(
    'ERR_LAYERS_LIMIT',
    `the output could not be read again: it would have ${images} images and ${files} files; the limits are ${MAX_MANIFESTS} and ${MAX_FILES}`,
    { hint: 'write fewer images' },
  );
}

/**
 * Returns an image without a manifest of Docker's type, so that an OCI manifest is generated: skopeo and umoci find no
 * other in a layout. An original index names the manifests as they are.
 */
export function withOciManifest(image: NewImage): NewImage {
  const isNamed = (image.index?.original ?? null) !== null;
  return isNamed || image.manifest?.mediaType === OCI_MANIFEST ? image : { ...image, manifest: null };
}

interface Names {
  config(image: ImageDocuments): string;
  layer(layer: ImageDocuments['layers'][number]): string;
}

const LAYOUT_NAMES: Names = {
  config: ({ config }) => blobName(config.digest),
  layer: ({ digest }) => blobName(digest),
};

/** containerd requires clean names of regular files, c/image one name for each DiffID. All detect compression by content. */
const DOCKER_NAMES: Names = {
  config: ({ config }) => `${hexOf(config.digest)}.json`,
  layer({ digest, mediaType }) {
    const ending = mediaType.endsWith('gzip') ? '.gz' : mediaType.endsWith('zstd') ? '.zst' : '';
    return `${hexOf(digest)}.tar${ending}`;
  },
};

/** Returns an index with a descriptor for each tag, because a descriptor has one name (OCI image-index.md, annotations.md). */
function indexOf(named: readonly NamedDocuments[]): object {
  const manifests = named.flatMap(({ root, images }) => {
    const [first] = images;
    const alone = first?.image.index === undefined ? first?.image : undefined;
    const descriptor = alone === undefined ? descriptorOf(root) : descriptorWithPlatform(root, alone);
    const tags = first?.tags ?? [];
    if (tags.length === 0) return [descriptor];
    return tags.map(({ qualified, reference }) => ({
      ...descriptor,
      annotations: {
        ...(qualified === null ? {} : { [IMAGE_NAME]: qualified }),
        [REF_NAME]: reference,
      },
    }));
  });
  return { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
}

/** Returns the image that a loader without indexes loads: that for this machine, else the first. */
function forThisMachine({ images }: NamedDocuments): ImageDocuments {
  const ranked = images.flatMap((documents) => {
    const { platform } = documents.image;
    const rank = platform === null ? undefined : platformRank(hostPlatform(), platform);
    return rank === undefined ? [] : [{ rank, documents }];
  });
  const [best] = ranked.sort((a, b) => a.rank - b.rank);
  const chosen = best?.documents ?? images[0];
  if (chosen === undefined) throw internalError('an index has no images');
  return chosen;
}

function dockerEntryOf(image: ImageDocuments, names: Names): object {
  return {
    Config: names.config(image),
    RepoTags: image.tags.flatMap(({ familiar }) => familiar ?? []),
    Layers: image.layers.map(names.layer),
  };
}

function writtenImage(
  { config, manifest, layers, tags }: ImageDocuments,
  format: ArchiveFormat,
): WrittenImage {
  return {
    id: config.digest,
    manifestDigest: format === 'docker' ? null : manifest.digest,
    tags: tags.flatMap(({ familiar, reference }) => familiar ?? (format === 'docker' ? [] : reference)),
    layers: layers.map(({ layer: _, ...written }) => written),
  };
}
