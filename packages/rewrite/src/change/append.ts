import type { ReadImage } from '@layers/core/image';
import type { Addition, AppendOptions, AppendPlan } from '../append/append-options.js';
import { planAppend } from '../append/plan-append.js';
import { createdAt } from '../config/edit-config.js';
import { appendHistory, type NewStep } from '../config/history.js';
import { historyOf } from '../config/with-layers.js';
import { configBytesOf, requireComplete, unionOf } from '../image/complete-image.js';
import type { LayerCompression, NewImage } from '../image/new-image.js';
import { compressionOf, existingLayer } from '../layer/existing-layer.js';
import { changedImage } from './changed-image.js';

/** Options of `appendLayer`. */
export interface AppendLayerOptions extends AppendOptions {
  /** Files to add, in order. Later ones replace earlier ones. */
  readonly additions: readonly Addition[];
  /** Paths of the image to delete. Symlinks are followed, except in the last name. Deletions come before additions. */
  readonly deletions?: readonly (string | Uint8Array)[] | undefined;
  /** Compression of the new layer. Default: that of the top layer. */
  readonly compression?: LayerCompression | undefined;
  /** Default: the tags of the image. */
  readonly tags?: readonly string[] | undefined;
  /** Entry of the new layer in the history. Default: the creation time of the image, without a command. */
  readonly step?: NewStep | undefined;
  /** Creation time of the image, in RFC 3339. Default: that of the image. */
  readonly created?: string | undefined;
}

/** An image with a new layer on top. */
export interface AppendedImage {
  readonly image: NewImage;
  /** What the new layer contains. */
  readonly plan: AppendPlan;
}

/**
 * Plans an image with one more layer on top, or with none if `diff` finds no difference. The other layers keep their bytes. The same input gives the same image,
 * because the time of the new layer is that of the image, unless `step` has another. Throws what `requireComplete` and
 * `planAppend` throw.
 */
export async function appendedImage(image: ReadImage, options: AppendLayerOptions): Promise<AppendedImage> {
  requireComplete(image);
  const { additions, deletions = [], compression, tags, step } = options;
  const plan = await planAppend({ union: unionOf(image), image }, additions, deletions, options);
  const top = image.layers.at(-1);
  const defaultCompression = { kind: top === undefined ? 'none' : compressionOf(top), level: null } as const;
  const kept = image.layers.map((layer) => existingLayer(image, layer));
  if (options.diff === true && isEmpty(plan))
    return { plan, image: changedImage(image, { layers: kept, tags }) };
  const configBytes = createdAt(configBytesOf(image), options.created);
  const created = image.description.config.created;
  return {
    plan,
    image: changedImage(image, {
      layers: [
        ...kept,
        {
          kind: 'generated',
          tarBytes: plan.tarBytes,
          compression: compression ?? defaultCompression,
          tar: () => plan.tar(),
        },
      ],
      history: appendHistory(historyOf(configBytes), { created, ...step }, image.layers.length),
      configBytes,
      tags,
    }),
  };
}

/** Returns whether a new layer would be without effect. */
function isEmpty({ files, directories, symlinks, others, deleted }: AppendPlan): boolean {
  return files + directories + symlinks + others + deleted === 0;
}
