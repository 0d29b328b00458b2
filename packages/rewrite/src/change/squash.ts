import { changesetOf, type ReadImage } from '@layers/core/image';
import { uniteLayers } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import { type NewStep, squashHistory } from '../config/history.js';
import { historyOf } from '../config/with-layers.js';
import { configBytesOf, requireComplete } from '../image/complete-image.js';
import type { LayerCompression, NewImage } from '../image/new-image.js';
import { compressionOf, existingLayer } from '../layer/existing-layer.js';
import { plannedLayer } from '../layer/generated-layers.js';
import { planSquash } from '../plan/plan-squash.js';
import { changedImage } from './changed-image.js';

export interface SquashOptions {
  readonly signal?: AbortSignal | undefined;
  /** Position of the first layer to merge; default 0. */
  readonly from?: number | undefined;
  /** Position of the last one; default the last that there is. */
  readonly to?: number | undefined;
  /** How the merged layer is packed; default as the last of those that it is made of. */
  readonly compression?: LayerCompression | undefined;
  readonly tags?: readonly string[] | undefined;
  /** What the history says of the merged layer; default the steps that it is made of. */
  readonly step?: NewStep | undefined;
}

/**
 * The image with a run of layers merged into one. All other layers keep their bytes; whiteouts that still hide
 * something below stay; the root file system is the same.
 *
 * Throws ERR_LAYERS_LAYER_NOT_FOUND where there is no such run, and what `requireComplete` throws.
 */
export function squashedImage(image: ReadImage, options: SquashOptions = {}): NewImage {
  requireComplete(image);
  const { layers } = image;
  const { from = 0, to = layers.length - 1, tags, signal } = options;
  const last = layers[to];
  if (last === undefined || from > to || layers[from] === undefined) throw noSuchRun(from, to, layers.length);
  const kind = compressionOf(last);
  const compression = options.compression ?? { kind, level: null };
  const changesets = layers.slice(0, to + 1).map(changesetOf);
  const below = uniteLayers(changesets.slice(0, from));
  const above = uniteLayers(changesets, below);
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

function noSuchRun(from: number, to: number, count: number): LayersError {
  const what = from === to ? `no layer ${from}` : `no run of layers from ${from} to ${to}`;
  return new LayersError('ERR_LAYERS_LAYER_NOT_FOUND', `there is ${what}`, {
    hint: count === 0 ? 'the image has no layers' : `the image has ${count} layers, numbered from 0`,
  });
}
