import { layerStored, type ReadImage, type ReadLayer } from '@layers/core/image';
import { compressionOfMediaType, OCI_LAYER, OCI_LAYER_GZIP, OCI_LAYER_ZSTD } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { ExistingLayer, LayerCompression } from '../image/new-image.js';

const MEDIA_TYPES = { none: OCI_LAYER, gzip: OCI_LAYER_GZIP, zstd: OCI_LAYER_ZSTD } as const;

/** How a layer's blob is packed, by its bytes. Throws ERR_LAYERS_LAYER_COMPRESSION for what no loader takes. */
export function compressionOf({ index, position }: ReadLayer): LayerCompression['kind'] {
  const compression = index?.compression ?? null;
  if (compression === null) return 'none';
  if (compression === 'gzip' || compression === 'zstd') return compression;
  throw new LayersError('ERR_LAYERS_LAYER_COMPRESSION', `layer ${position} is packed with ${compression}`, {
    hint: 'add --compression gzip, which every loader takes',
  });
}

/** A layer of an image as it lies there. Throws as `compressionOf` does. */
export function existingLayer(image: ReadImage, layer: ReadLayer): ExistingLayer {
  const { description, index, bytes } = layer;
  const compression = compressionOf(layer);
  const diffId = description.diffId ?? index?.diffIds[0];
  // An uncompressed blob is the layer's tar itself.
  const digest = description.digest ?? (compression === 'none' ? diffId : index?.digests[0]);
  if (diffId === undefined || digest === undefined) {
    throw new LayersError('ERR_LAYERS_NO_CONFIG', `nothing tells the digest of layer ${layer.position}`, {
      archive: image.archive.source.path,
    });
  }
  const declared = description.mediaType;
  const isTrue = declared !== null && compressionOfMediaType(declared) === compression;
  return {
    kind: 'existing',
    digest,
    size: index?.storedBytes ?? 0,
    diffId,
    mediaType: isTrue ? declared : MEDIA_TYPES[compression],
    range: bytes?.from === 'range' ? bytes.range : null,
    chunks: () => layerStored(image, layer),
  };
}
