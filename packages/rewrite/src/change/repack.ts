import type { ReadImage, ReadLayer } from '@layers/core/image';
import { canonicalAnnotations, canonicalConfig } from '../config/canonical-config.js';
import { timeFromEpoch } from '../config/created-time.js';
import { configBytesOf, requireComplete, unionOf } from '../image/complete-image.js';
import type { LayerCompression, NewImage, NewLayer } from '../image/new-image.js';
import { annotationsToKeep, originalManifest } from '../image/original-manifest.js';
import { canonicalLayers, canonicalLayersWithoutWaste } from '../layer/canonical-layers.js';
import { compressionOf, existingLayer } from '../layer/existing-layer.js';
import { plannedLayer, recompressedLayer } from '../layer/generated-layers.js';
import { planWithoutWaste } from '../plan/plan-without-waste.js';
import { changedImage } from './changed-image.js';

export interface RepackOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * How layers are to be packed; default each as it is. A layer that is packed so already keeps its bytes, unless a
   * level is asked for.
   */
  readonly compression?: LayerCompression | undefined;
  /** Leave out what no path of the root file system reaches. */
  readonly dropWaste?: boolean | undefined;
  /**
   * Give the image the one form that what it says decides: builds of one tree that differ only in what `diff` passes
   * over as `mtime`, `created`, `builder` or the form of layers become the same bytes.
   */
  readonly reproducible?: Reproducible | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface Reproducible {
  /** Later times of files, of the config and of the history become this one, in seconds since 1970. */
  readonly latest: number;
}

/**
 * The image in another form: with as many layers, the same history and the same root file system, but for the times
 * that `reproducible` takes from it.
 *
 * Throws what `requireComplete` throws, and ERR_LAYERS_LAYER_COMPRESSION for a layer that stays packed as no loader takes.
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
    const kind = compression ?? { kind: compressionOf(layer), level: null };
    return plannedLayer(image, union, plan, kind, { signal });
  });
  return changedImage(image, { layers, tags });
}

/** Throws ERR_LAYERS_USAGE for a time after the year 9999, and as `canonicalConfig` does. */
function canonicalImage(image: ReadImage, { latest }: Reproducible, options: RepackOptions): NewImage {
  timeFromEpoch(latest);
  const { compression, dropWaste = false, tags, signal } = options;
  const layersOf = dropWaste ? canonicalLayersWithoutWaste : canonicalLayers;
  const layers = layersOf(image, {
    latest,
    signal,
    // Packed anew in any case, so that nothing is left of how another program packs.
    compressionOf: (layer) => compression ?? { kind: compressionOf(layer), level: null },
  });
  const configBytes = canonicalConfig(configBytesOf(image), latest);
  const annotations = canonicalAnnotations(annotationsToKeep(originalManifest(image)), latest);
  return changedImage(image, { layers, configBytes, annotations, tags });
}

function repackedLayer(
  image: ReadImage,
  layer: ReadLayer,
  compression: LayerCompression | undefined,
): NewLayer {
  if (compression === undefined) return existingLayer(image, layer);
  const isSo = (layer.index?.compression ?? 'none') === compression.kind && compression.level === null;
  return isSo ? existingLayer(image, layer) : recompressedLayer(image, layer, compression);
}
