import type { ReadImage } from '@layers/core/image';
import type { Addition, AppendOptions, AppendPlan } from '../append/append-options.js';
import { planAppend } from '../append/plan-append.js';
import { appendHistory, type NewStep } from '../config/history.js';
import { historyOf } from '../config/with-layers.js';
import { configBytesOf, requireComplete, unionOf } from '../image/complete-image.js';
import type { LayerCompression, NewImage } from '../image/new-image.js';
import { compressionOf, existingLayer } from '../layer/existing-layer.js';
import { changedImage } from './changed-image.js';

export interface AppendLayerOptions extends AppendOptions {
  readonly additions: readonly Addition[];
  /** Paths of the image that the layer hides. */
  readonly deletions?: readonly (string | Uint8Array)[] | undefined;
  /** How the new layer is packed; default as the topmost one. */
  readonly compression?: LayerCompression | undefined;
  readonly tags?: readonly string[] | undefined;
  /** What the history says of the new layer. */
  readonly step?: NewStep | undefined;
}

export interface AppendedImage {
  readonly image: NewImage;
  /** What the new layer holds. */
  readonly plan: AppendPlan;
}

/**
 * The image with one layer more. All others keep their bytes. Its time is that of the image unless `step` says one, so
 * that the same input gives the same image. Throws what `requireComplete` and `planAppend` throw.
 */
export async function appendedImage(image: ReadImage, options: AppendLayerOptions): Promise<AppendedImage> {
  requireComplete(image);
  const { additions, deletions = [], compression, tags, step } = options;
  const plan = await planAppend({ union: unionOf(image), image }, additions, deletions, options);
  const top = image.layers.at(-1);
  const usual = { kind: top === undefined ? 'none' : compressionOf(top), level: null } as const;
  const configBytes = configBytesOf(image);
  const created = image.description.config.created;
  return {
    plan,
    image: changedImage(image, {
      layers: [
        ...image.layers.map((layer) => existingLayer(image, layer)),
        {
          kind: 'generated',
          tarBytes: plan.tarBytes,
          compression: compression ?? usual,
          tar: () => plan.tar(),
        },
      ],
      history: appendHistory(historyOf(configBytes), { created, ...step }, image.layers.length),
      configBytes,
      tags,
    }),
  };
}
