import { changesetOf, type ReadImage } from '@layers/core/image';
import { uniteLayers } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import { type NewStep, squashHistory } from '../config/history.js';
import { historyOf } from '../config/with-layers.js';
import { configBytesOf, requireComplete, unionOf } from '../image/complete-image.js';
import type { LayerCompression, NewImage } from '../image/new-image.js';
import { compressionOf, existingLayer } from '../layer/existing-layer.js';
import { plannedLayer } from '../layer/generated-layers.js';
import { planSquash } from '../plan/plan-squash.js';
import { changedImage } from './changed-image.js';

/** Options of `squashImage`. */
export interface SquashOptions {
  readonly signal?: AbortSignal | undefined;
  /** The first layer to merge. Default: 0, the lowest. */
  readonly from?: number | undefined;
  /** The last layer to merge. Default: the top layer. */
  readonly to?: number | undefined;
  /** Compression of the merged layer. Default: that of the last merged layer. */
  readonly compression?: LayerCompression | undefined;
  /** Default: the tags of the image. */
  readonly tags?: readonly string[] | undefined;
  /**
   * Entry of the merged layer in the history. Default: the time of the last merged layer, and a comment with the merged
   * commands.
   */
  readonly step?: NewStep | undefined;
}

/**
 * Plans an image with consecutive layers merged into one. The other layers keep their bytes, whiteouts that hide files of
 * lower layers stay, and the root file system is the same.
 *
 * Throws ERR_LAYERS_LAYER_NOT_FOUND for layers that do not exist, and what `requireComplete` throws.
 */
export function squashedImage(image: ReadImage, options: SquashOptions = {}): NewImage {
  requireComplete(image);
  const { layers } = image;
  const { from = 0, to = layers.length - 1, tags, signal } = options;
  const last = layers[to];
  if (last === undefined || from > to || layers[from] === undefined)
    throw layersNotFound(from, to, layers.length);
  const kind = compressionOf(last);
  const compression = options.compression ?? { kind, level: null };
  const changesets = layers.slice(0, to + 1).map(changesetOf);
  const below = uniteLayers(changesets.slice(0, from));
  const isWhole = from === 0 && to === layers.length - 1;
  const above = isWhole ? unionOf(image) : uniteLayers(changesets, below);
  const plan = planSquash(below, above);
  const configBytes = configBytesOf(image);
  const lastStep = image.description.config.history.filter(({ emptyLayer }) => !emptyLayer)[to];
  const step = { created: lastStep?.created ?? image.description.config.created, ...options.step };
  return changedImage(image, {
    layers: [
      ...layers.slice(0, from).map((layer) => existingLayer(image, layer)),
      plannedLayer(image, above, plan, compression, { signal }),
      ...layers.slice(to + 1).map((layer) => existingLayer(image, layer)),
    ],
    history: squashHistory(historyOf(configBytes), layers.length, from, to, step),
    configBytes,
    tags,
  });
}

function layersNotFound(from: number, to: number, count: number): LayersError {
  const problem = from === to ? `there is no layer ${from}` : `there are no layers from ${from} to ${to}`;
  return new LayersError('ERR_LAYERS_LAYER_NOT_FOUND', problem, {
    hint: count === 0 ? 'the image has no layers' : `the image has ${count} layers, numbered from 0`,
  });
}
