import { computableAlgorithmOf, type Digest, digestOf } from '@layers/core/digest';
import {
  checkJsonLimits,
  compressionOfMediaType,
  OCI_CONFIG,
  OCI_MANIFEST,
  ociLayerType,
  parseJson,
  parseManifest,
} from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import type { NewImage, NewLayer, WrittenLayer } from '../image/new-image.js';
import { type FactsOf, internalError } from './layer-facts.js';
import { type TagNames, tagNames } from './tag-names.js';

/** The documents of one image, with its layers and tags. */
export interface ImageDocuments {
  readonly image: NewImage;
  readonly config: Document;
  readonly manifest: Document;
  /** From the base up. */
  readonly layers: readonly (WrittenLayer & { readonly layer: NewLayer })[];
  readonly tags: readonly TagNames[];
}

export interface Document {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/**
 * Returns the config and manifest of an image: the original manifest, or a generated one (OCI manifest.md).
 *
 * @param keepsManifests false for a format without manifests
 *
 * Throws ERR_LAYERS_BLOB_MISMATCH if the original manifest names another config than the image has, and ERR_LAYERS_LIMIT for
 * a document that no reader would accept.
 */
export function imageDocuments(image: NewImage, keepsManifests: boolean, factsOf: FactsOf): ImageDocuments {
  const kept = keepsManifests ? image.manifest : null;
  const layers = image.layers.map((layer) => writtenLayer(layer, kept !== null, factsOf));
  const bytes = image.config(layers.map(({ diffId }) => diffId));
  assertReadable(bytes, 'the config');
  const tags = image.tags.flatMap((tag) => tagNames(tag) ?? []);
  if (kept !== null) {
    const config = checkedConfig(kept.bytes, bytes, layers);
    return { image, config, manifest: documentOf(kept.mediaType, kept.bytes), layers, tags };
  }
  const config = documentOf(OCI_CONFIG, bytes);
  const annotations = [...image.annotations].sort(([a], [b]) => (a < b ? -1 : 1));
  const manifest = jsonBytes({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptorOf(config),
    layers: layers.map(({ mediaType, digest, sizeBytes, layer }) => ({
      mediaType,
      digest,
      size: sizeBytes,
      ...(layer.kind === 'existing' ? layer.descriptor : {}),
    })),
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
  });
  assertReadable(manifest, 'the manifest');
  return { image, config, manifest: documentOf(OCI_MANIFEST, manifest), layers, tags };
}

/** Throws ERR_LAYERS_LIMIT for a document that `parseJson` would refuse because of its size, depth or number of values. */
export function assertReadable(bytes: Uint8Array, name: string): void {
  try {
    checkJsonLimits(bytes, name);
  } catch (cause) {
    if (!isLayersError(cause)) throw cause;
    throw new LayersError('ERR_LAYERS_LIMIT', `the output could not be read again: ${cause.message}`, {
      cause,
      hint: 'write fewer images or tags, or leave out what is long in the config',
    });
  }
}

/** Returns the required fields of a descriptor, in the order of OCI descriptor.md. */
export function descriptorOf({ mediaType, digest, bytes }: Document) {
  return { mediaType, digest, size: bytes.length };
}

/** Returns compact JSON in UTF-8, with keys in insertion order. */
export function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

export function documentOf(mediaType: string, bytes: Uint8Array): Document {
  return { mediaType, digest: digestOf(bytes), bytes };
}

function writtenLayer(
  layer: NewLayer,
  isManifestKept: boolean,
  factsOf: FactsOf,
): ImageDocuments['layers'][number] {
  if (layer.kind === 'generated') {
    const { digest, diffId, sizeBytes } = factsOf(layer);
    return { layer, digest, diffId, sizeBytes, mediaType: ociLayerType(layer.compression.kind), kept: false };
  }
  const { digest, diffId, sizeBytes, mediaType } = layer;
  return {
    layer,
    digest,
    diffId,
    sizeBytes,
    mediaType: isManifestKept ? mediaType : ociType(mediaType),
    kept: true,
  };
}

/** Returns the OCI media type for one of Docker's, which are not allowed in an OCI manifest. */
function ociType(mediaType: string): string {
  const compression = compressionOfMediaType(mediaType);
  const isDockers = mediaType.trim().toLowerCase().startsWith('application/vnd.docker.');
  return isDockers && compression !== undefined ? ociLayerType(compression, mediaType) : mediaType;
}

/** Returns the config with the digest from the manifest. Throws ERR_LAYERS_BLOB_MISMATCH. */
function checkedConfig(
  manifestBytes: Uint8Array,
  config: Uint8Array,
  layers: ImageDocuments['layers'],
): Document {
  const manifest = parseManifest(parseJson(manifestBytes, 'the manifest'), 'the manifest');
  const { digest, size, mediaType } = manifest.config;
  const algorithm = computableAlgorithmOf(digest);
  if (algorithm === null || digestOf(config, algorithm) !== digest || config.length !== size) {
    throw new LayersError(
      'ERR_LAYERS_BLOB_MISMATCH',
      `the config does not match its digest in the manifest: ${digest}`,
      {
        hint: 'the input is damaged: copy or download it again',
      },
    );
  }
  const isSame = manifest.layers.every((named, position) => {
    const layer = layers[position];
    return layer?.digest === named.digest && layer.sizeBytes === named.size;
  });
  if (!isSame || manifest.layers.length !== layers.length)
    throw internalError('its original manifest names other layers');
  return { mediaType, digest, bytes: config };
}
