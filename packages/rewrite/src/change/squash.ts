import { changesetOf, layersHint, type ReadImage } from '@layers/core/image';
import { uniteLayers } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import { createdAt } from '../config/edit-config.js';
import { type NewStep, squashHistory } from '../config/history.js';
import { historyOf } from '../config/with-layers.js';
import { configBytesOf, requireComplete, unionOf } from '../image/complete-image.js';
import type { LayerCompression, NewImage } from '../image/new-image.js';
import { compressionOf, existingLayer } from '../layer/existing-layer.js';
import { plannedLayer, repackedLayer } from '../layer/generated-layers.js';
import { keepsLayer, planSquash } from '../plan/plan-squash.js';
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
   * commands. The entry of a single layer stays as it is, except for the given fields.
   */
  readonly step?: NewStep | undefined;
  /** Creation time of the image, in RFC 3339. Default: that of the image. */
  readonly created?: string | undefined;
}

/**
 * Plans an image with consecutive layers merged into one. The other layers keep their bytes, whiteouts that hide files of
 * lower layers stay, and the root file system is the same. A single layer without waste keeps its bytes too, so that a
 * second call changes nothing.
 *
 * Throws ERR_LAYERS_LAYER_NOT_FOUND for layers that do not exist, and what `requireComplete` throws.
 */
export function squashedImage(image: ReadImage, options: SquashOptions = {}): NewImage {
  requireComplete(image);
  const { layers } = image;
  if (layers.length === 0) {
    throw new LayersError('ERR_LAYERS_LAYER_NOT_FOUND', 'the image has no layers', {
      hint: 'there is nothing to merge',
    });
  }
  const { from = 0, to = layers.length - 1, tags, created, signal } = options;
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
  const isKept = from === to && keepsLayer(above, plan, to);
  const configBytes = createdAt(configBytesOf(image), created);
  return changedImage(image, {
    layers: [
      ...layers.slice(0, from).map((layer) => existingLayer(image, layer)),
      isKept
        ? repackedLayer(image, last, options.compression)
        : plannedLayer(image, above, plan, compression, { signal }),
      ...layers.slice(to + 1).map((layer) => existingLayer(image, layer)),
    ],
    history: squashHistory(
      historyOf(configBytes),
      layers.length,
      from,
      to,
      stepOf(image, from, to, options.step),
    ),
    configBytes,
    tags,
  });
}

function stepOf(
  { description: { config } }: ReadImage,
  from: number,
  to: number,
  given: NewStep | undefined,
): NewStep | undefined {
  const last = config.history.filter(({ emptyLayer }) => !emptyLayer)[to];
  const created = last?.created ?? config.created;
  if (from < to) return { created, ...given };
  if (given === undefined) return undefined;
  return { created, createdBy: last?.createdBy, author: last?.author, comment: last?.comment, ...given };
}

function layersNotFound(from: number, to: number, count: number): LayersError {
  const problem = from === to ? `there is no layer ${from}` : `there are no layers from ${from} to ${to}`;
  return new LayersError('ERR_LAYERS_LAYER_NOT_FOUND', problem, {
    hint: layersHint(count),
  });
}
