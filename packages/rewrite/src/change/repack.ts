import type { ReadImage } from '@layers/core/image';
import { canonicalAnnotations, canonicalConfig } from '../config/canonical-config.js';
import { timeFromEpoch } from '../config/created-time.js';
import { configBytesOf, requireComplete, unionOf } from '../image/complete-image.js';
import type { LayerCompression, NewImage, NewLayer } from '../image/new-image.js';
import { annotationsToKeep, originalManifest } from '../image/original-manifest.js';
import { canonicalLayers, canonicalLayersWithoutWaste } from '../layer/canonical-layers.js';
import { compressionOf, existingLayer } from '../layer/existing-layer.js';
import { plannedLayer, repackedLayer } from '../layer/generated-layers.js';
import { planWithoutWaste } from '../plan/plan-without-waste.js';
import { changedImage } from './changed-image.js';

/** Options of `repackImage`. */
export interface RepackOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Compression of all layers. Default: that of each layer. A layer that has this compression already keeps its bytes,
   * unless `level` is set.
   */
  readonly compression?: LayerCompression | undefined;
  /** Remove files that are not part of the root file system. Default: false. */
  readonly dropWaste?: boolean | undefined;
  /**
   * Write a canonical form, which depends on the content of the image only. Builds of the same tree get the same bytes
   * if they differ only in times, in traces of the builder, or in the order and encoding of layers. In terms of
   * `diffImages`: in differences that it can ignore as `mtime`, `created` and `builder`.
   */
  readonly reproducible?: Reproducible | undefined;
  /** Default: the tags of the image. */
  readonly tags?: readonly string[] | undefined;
}

/** The times of a reproducible image. */
export interface Reproducible {
  /**
   * The latest time, in seconds since 1970 (SOURCE_DATE_EPOCH). Later times of files, the config and the history become
   * this one.
   */
  readonly latest: number;
}

/**
 * Plans an image with rewritten layers: the same number of layers, the same history and the same root file system, except
 * for the times that `reproducible` limits.
 *
 * Throws what `requireComplete` throws, and ERR_LAYERS_LAYER_COMPRESSION for a layer that would keep a compression that no
 * loader accepts.
 */
export function repackedImage(image: ReadImage, options: RepackOptions = {}): NewImage {
  requireComplete(image);
  const { compression, dropWaste = false, tags, signal, reproducible } = options;
  if (reproducible !== undefined) return canonicalImage(image, reproducible, options);
  const union = dropWaste ? unionOf(image) : null;
  const plans = union === null ? [] : planWithoutWaste(union);
  const layers = image.layers.map((layer, position): NewLayer => {
    const plan = plans[position] ?? null;
    if (plan === null || union === null) return repackedLayer(image, layer, compression);
    const layerCompression = compression ?? { kind: compressionOf(layer), level: null };
    return plannedLayer(image, union, plan, layerCompression, { signal });
  });
  return changedImage(image, { layers, tags });
}

/**
 * Plans an image that is copied. Its manifest keeps its bytes and digest, even if it declares layers with wrong media types.
 * Layers that are not distributable may be absent.
 * Throws what `repackedImage` throws.
 */
export function copiedImage(image: ReadImage): NewImage {
  requireComplete(image, { allowsAbsent: true });
  const layers = image.layers.map((layer) => existingLayer(image, layer));
  return changedImage(image, { layers, keepsMediaTypes: true });
}

/** Throws ERR_LAYERS_USAGE for a time after the year 9999, and what `canonicalConfig` throws. */
function canonicalImage(image: ReadImage, { latest }: Reproducible, options: RepackOptions): NewImage {
  timeFromEpoch(latest);
  const { compression, dropWaste = false, tags, signal } = options;
  const layersOf = dropWaste ? canonicalLayersWithoutWaste : canonicalLayers;
  const layers = layersOf(image, {
    latest,
    signal,
    // Always compressed again: another program may have written other bytes for the same tar.
    compressionOf: (layer) => compression ?? { kind: compressionOf(layer), level: null },
  });
  const configBytes = canonicalConfig(configBytesOf(image), latest);
  const annotations = canonicalAnnotations(annotationsToKeep(originalManifest(image)), latest);
  return changedImage(image, { layers, configBytes, annotations, tags });
}
