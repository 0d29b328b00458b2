import type { ReadImage } from '@layers/core/image';
import { editAnnotations } from '../config/annotations.js';
import { editConfig } from '../config/edit-config.js';
import type { ConfigEdits } from '../config/edits.js';
import { configBytesOf, requireComplete } from '../image/complete-image.js';
import type { NewImage } from '../image/new-image.js';
import { originalManifest } from '../image/original-manifest.js';
import { existingLayer } from '../layer/existing-layer.js';
import { changedImage } from './changed-image.js';

export interface ConfigureOptions {
  readonly edits: ConfigEdits;
  readonly setAnnotations?: readonly (readonly [key: string, value: string])[] | undefined;
  /** Names, or patterns for them. */
  readonly unsetAnnotations?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
}

/**
 * The image with another config, or other annotations of its manifest. All layers keep their bytes; fields that are
 * unknown here survive. Throws what `requireComplete` and `editConfig` throw.
 */
export function configuredImage(image: ReadImage, options: ConfigureOptions): NewImage {
  requireComplete(image);
  const { edits, setAnnotations = [], unsetAnnotations = [], tags } = options;
  const hasAnnotations = setAnnotations.length + unsetAnnotations.length > 0;
  return changedImage(image, {
    layers: image.layers.map((layer) => existingLayer(image, layer)),
    configBytes: editConfig(configBytesOf(image), edits),
    tags,
    annotations: hasAnnotations
      ? editAnnotations(originalManifest(image)?.annotations ?? new Map(), setAnnotations, unsetAnnotations)
      : undefined,
  });
}
