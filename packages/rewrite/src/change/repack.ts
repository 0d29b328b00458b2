import type { ReadImage, ReadLayer } from '@layers/core/image';
import { canonicalAnnotations, canonicalConfig } from '../config/canonical-config.js';
import { timeFromEpoch } from '../config/created-time.js';
import type { EmitOptions } from '../emit/emit-tar.js';
import { lastingAnnotations, manifestOf } from '../image/manifest-of.js';
import type { LayerCompression, NewImage, NewLayer } from '../image/new-image.js';
import { configBytesOf, requireWhole, unionOf } from '../image/whole-image.js';
import { canonicalLayers, canonicalLeanLayers } from '../layer/canonical-layers.js';
import { plannedLayer, recompressedLayer } from '../layer/made-layer.js';
import { compressionOf, storedLayer } from '../layer/stored-layer.js';
import { planWithoutWaste } from '../plan/plan-lean.js';
import { changedImage } from './changed-image.js';

export interface RepackOptions extends EmitOptions {
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
 * Throws what `requireWhole` throws, and ERR_LAYERS_LAYER_COMPRESSION for a layer that stays packed as no loader takes.
 */
export function repackImage(image: ReadImage, options: RepackOptions = {}): NewImage {
  requireWhole(image);
  const { compression, dropWaste = false, tags, signal, reproducible } = options;
  if (reproducible !== undefined) return canonicalImage(image, reproducible, options);
  const union = dropWaste ? unionOf(image) : null;
  const plans = union === null ? [] : planWithoutWaste(union);
  const layers = image.layers.map((layer, position): NewLayer => {
    const plan = plans[position] ?? null;
    if (plan === null || union === null) return packed(image, layer, compression);
    const kind = compression ?? { kind: compressionOf(layer), level: null };
    return plannedLayer(image, union, plan, kind, { signal });
  });
  return changedImage(image, { layers, tags });
}

/** Throws ERR_LAYERS_USAGE for a time after the year 9999, and as `canonicalConfig` does. */
function canonicalImage(image: ReadImage, { latest }: Reproducible, options: RepackOptions): NewImage {
  timeFromEpoch(latest);
  const { compression, dropWaste = false, tags, signal } = options;
  const layersOf = dropWaste ? canonicalLeanLayers : canonicalLayers;
  const layers = layersOf(image, {
    latest,
    signal,
    // Packed anew in any case, so that nothing is left of how another program packs.
    compressionOf: (layer) => compression ?? { kind: compressionOf(layer), level: null },
  });
  const configBytes = canonicalConfig(configBytesOf(image), latest);
  const annotations = canonicalAnnotations(lastingAnnotations(manifestOf(image)), latest);
  return changedImage(image, { layers, configBytes, annotations, tags });
}

function packed(image: ReadImage, layer: ReadLayer, compression: LayerCompression | undefined): NewLayer {
  if (compression === undefined) return storedLayer(image, layer);
  const isSo = (layer.index?.compression ?? 'none') === compression.kind && compression.level === null;
  return isSo ? storedLayer(image, layer) : recompressedLayer(image, layer, compression);
}
