import type { Digest } from '@layers/core/digest';
import {
  compressionOfMediaType,
  type ImageConfig,
  isImageManifest,
  isNonDistributable,
  type Manifest,
  parseConfig,
  parseJson,
  parseManifest,
  platformOfImage,
} from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import { blobSize } from '../blobs/blob-file.js';
import type { Store } from '../layout/store.js';
import { blobError } from '../layout/store-error.js';
import type { DocumentReader, StoredDocument } from './document-reader.js';
import type { FoundManifest } from './find-manifests.js';
import type { StoredImage } from './stored-image.js';

/** An image without the sizes that depend on the other images of the store. */
export type DescribedImage = Omit<StoredImage, 'uniqueBytes' | 'sharedBytes'> & {
  /** The sizes of manifest, config and layers, in bytes as stored. */
  readonly blobs: ReadonlyMap<Digest, number>;
};

/** Describes the image of a manifest from its documents and the sizes of its blobs. Returns null if it is not an image. */
export function describeImage(
  store: Store,
  documents: DocumentReader,
  { descriptor, refs, indexDigests, hasTooMany }: FoundManifest,
): DescribedImage | null {
  const { digest } = descriptor;
  const base = { manifestDigest: digest, indexDigests, refs: [...refs].sort() };
  const manifest = hasTooMany ? tooMany(digest) : readManifest(store, digest, documents(digest));
  if (!('config' in manifest)) {
    return {
      ...base,
      id: null,
      created: null,
      platform: descriptor.platform ?? null,
      layers: [],
      sizeBytes: 0,
      isUncompressed: false,
      problem: problemOf(manifest),
      blobs: new Map(),
    };
  }
  if (!isImageManifest(manifest)) return null;
  const config = readConfig(store, manifest, documents);
  const details = 'diffIds' in config ? config : null;
  const blobs = new Map<Digest, number>();
  let problem: LayersError | null = 'diffIds' in config ? null : config;
  for (const blob of [{ ...descriptor, isLayer: false }, manifest.config, ...manifest.layers]) {
    const size = blobSize(store, blob.digest);
    if (size !== null) blobs.set(blob.digest, size);
    if (problem !== null || size === blob.size) continue;
    if (size === null && (blob.data !== undefined || isNonDistributable(blob.mediaType))) continue;
    const why = size === null ? 'is missing' : `has ${size} bytes instead of the declared ${blob.size}`;
    problem = blobError(store, blob.digest, why);
  }
  return {
    ...base,
    id: manifest.config.digest,
    created: details?.created ?? null,
    platform:
      (details === null ? descriptor.platform : platformOfImage(details, descriptor.platform)) ?? null,
    layers: manifest.layers.map(({ digest: layer, size, mediaType }, position) => ({
      digest: layer,
      sizeBytes: blobs.get(layer) ?? size,
      mediaType,
      diffId: details?.diffIds[position] ?? null,
    })),
    sizeBytes: sumOf(blobs.values()),
    isUncompressed: manifest.layers.every(({ mediaType }) => compressionOfMediaType(mediaType) === 'none'),
    problem: problem === null ? null : problemOf(problem),
    blobs,
  };
}

export function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}

function problemOf({ code, message }: LayersError): StoredImage['problem'] {
  return { code, message };
}

function tooMany(digest: Digest): LayersError {
  return new LayersError('ERR_LAYERS_LIMIT', `the index ${digest} leads to too many manifests`);
}

function readManifest(store: Store, digest: Digest, document: StoredDocument): Manifest | LayersError {
  if (document.state === 'absent') return blobError(store, digest, 'is missing');
  if (document.state === 'large') return blobError(store, digest, 'is too large for a manifest');
  if (document.state === 'bad') return document.error;
  return orError(() => parseManifest(document.json ?? parseJson(document.bytes, digest), digest));
}

function readConfig(
  store: Store,
  { config }: Manifest,
  documents: DocumentReader,
): ImageConfig | LayersError {
  const { digest, data } = config;
  const document = documents(digest);
  if (document.state === 'bad') return document.error;
  if (document.state === 'large') return blobError(store, digest, 'is too large for a config');
  if (document.state === 'read')
    return orError(() => parseConfig(document.json ?? parseJson(document.bytes, digest), digest));
  if (data === undefined) return blobError(store, digest, 'is missing');
  return orError(() => parseConfig(parseJson(data, digest), digest));
}

function orError<T>(parse: () => T): T | LayersError {
  try {
    return parse();
  } catch (error) {
    if (isLayersError(error)) return error;
    throw error;
  }
}
