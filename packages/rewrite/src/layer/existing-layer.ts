import type { Digest } from '@layers/core/digest';
import { layerStored, type ReadImage, type ReadLayer } from '@layers/core/image';
import { compressionOfMediaType, essenceOf, ociLayerType } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { ExistingLayer, LayerCompression } from '../image/new-image.js';

/** Returns the compression of a layer's blob. Throws ERR_LAYERS_LAYER_COMPRESSION for one that no loader accepts. */
export function compressionOf({ index, position }: ReadLayer): LayerCompression['kind'] {
  const compression = index?.compression ?? null;
  if (compression === null) return 'none';
  if (compression === 'gzip' || compression === 'zstd') return compression;
  throw new LayersError(
    'ERR_LAYERS_LAYER_COMPRESSION',
    `layer ${position} is compressed with ${compression}`,
    {
      hint: 'compress it with gzip, which every loader accepts',
    },
  );
}

/** Returns the DiffID of a layer: the declared one, or the computed one; undefined if neither is known. */
export function diffIdOf({ description, index }: ReadLayer): Digest | undefined {
  return description.diffId ?? index?.diffIds[0];
}

/** Returns a layer whose descriptor alone is copied. Throws ERR_LAYERS_NO_CONFIG. */
function absentLayer({ archive }: ReadImage, { description, position }: ReadLayer): ExistingLayer {
  const { digest, diffId, size, mediaType } = description;
  if (digest === null || diffId === null || size === null || mediaType === null) {
    throw new LayersError('ERR_LAYERS_NO_CONFIG', `the digest of layer ${position} is unknown`, {
      archive: archive.source.path,
    });
  }
  return {
    kind: 'existing',
    digest,
    sizeBytes: size,
    diffId,
    mediaType: essenceOf(mediaType),
    source: null,
    archive: archive.source.path,
    isAbsent: true,
    async *chunks() {
      yield* [];
      throw new LayersError('ERR_LAYERS_LAYER_MISSING', `layer ${position} is not in the archive`, {
        archive: archive.source.path,
        hint: 'the layer is not distributable: its descriptor says where it is',
      });
    },
  };
}

/** Returns a layer of an image to copy it, with the media type of its compression. Throws what `compressionOf` throws, and ERR_LAYERS_NO_CONFIG. */
export function existingLayer(image: ReadImage, layer: ReadLayer): ExistingLayer {
  const { description, index, bytes } = layer;
  if (index === null && description.nonDistributable) return absentLayer(image, layer);
  const compression = compressionOf(layer);
  const diffId = diffIdOf(layer);
  // An uncompressed blob is the layer's tar itself.
  const digest = description.digest ?? (compression === 'none' ? diffId : index?.digests[0]);
  if (diffId === undefined || digest === undefined) {
    throw new LayersError('ERR_LAYERS_NO_CONFIG', `the digest of layer ${layer.position} is unknown`, {
      archive: image.archive.source.path,
    });
  }
  const declared = description.mediaType;
  const isDeclaredType = declared !== null && compressionOfMediaType(declared) === compression;
  return {
    kind: 'existing',
    digest,
    sizeBytes: index?.storedBytes ?? 0,
    diffId,
    mediaType: isDeclaredType ? essenceOf(declared) : ociLayerType(compression, declared ?? ''),
    source: bytes?.from === 'source' ? bytes.source : null,
    archive: image.archive.source.path,
    chunks: () => layerStored(image, layer),
  };
}
