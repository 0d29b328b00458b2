import type { ReadImage, ReadLayer } from '@layers/core';
import type { EmitOptions } from '../emit/emit-tar.js';
import type { LayerCompression, NewImage, NewLayer } from '../image/new-image.js';
import { requireWhole, unionOf } from '../image/whole-image.js';
import { plannedLayer, recompressedLayer } from '../layer/made-layer.js';
import { compressionOf, storedLayer } from '../layer/stored-layer.js';
import { planLean } from '../plan/plan-lean.js';
import { changedImage } from './changed-image.js';

export interface RepackOptions extends EmitOptions {
  /**
   * How layers are to be packed; default each as it is. A layer that is packed so already keeps its bytes, unless a
   * level is asked for.
   */
  readonly compression?: LayerCompression | undefined;
  /** Leave out what no path of the root file system reaches. */
  readonly dropWaste?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
}

/**
 * The image in another form: with as many layers, the same history and the same root file system.
 *
 * Throws what `requireWhole` throws, and ERR_LAYERS_LAYER_COMPRESSION for a layer that stays packed as no loader takes.
 */
export function repackImage(image: ReadImage, options: RepackOptions = {}): NewImage {
  requireWhole(image);
  const { compression, dropWaste = false, tags, signal } = options;
  const union = dropWaste ? unionOf(image) : null;
  const plans = union === null ? [] : planLean(union);
  const layers = image.layers.map((layer, position): NewLayer => {
    const plan = plans[position] ?? null;
    if (plan === null || union === null) return packed(image, layer, compression);
    const kind = compression ?? { kind: compressionOf(layer), level: null };
    return plannedLayer(image, union, plan, kind, { signal });
  });
  return changedImage(image, { layers, tags });
}

function packed(image: ReadImage, layer: ReadLayer, compression: LayerCompression | undefined): NewLayer {
  if (compression === undefined) return storedLayer(image, layer);
  const isSo = (layer.index?.compression ?? 'none') === compression.kind && compression.level === null;
  return isSo ? storedLayer(image, layer) : recompressedLayer(image, layer, compression);
}
