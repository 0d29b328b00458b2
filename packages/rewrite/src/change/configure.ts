import type { ReadImage } from '@layers/core/image';
import { editAnnotations } from '../config/annotations.js';
import { editConfig } from '../config/edit-config.js';
import type { ConfigEdits } from '../config/edits.js';
import { configBytesOf, requireComplete } from '../image/complete-image.js';
import type { NewImage } from '../image/new-image.js';
import { originalManifest } from '../image/original-manifest.js';
import { existingLayer } from '../layer/existing-layer.js';
import { changedImage } from './changed-image.js';

/** Options of `configureImage`. */
export interface ConfigureOptions {
  readonly edits: ConfigEdits;
  /** Annotations of the manifest to set (OCI annotations.md). */
  readonly setAnnotations?: readonly (readonly [key: string, value: string])[] | undefined;
  /** Annotations to remove: keys, or patterns such as `org.example.*`. */
  readonly unsetAnnotations?: readonly string[] | undefined;
  /** Default: the tags of the image. */
  readonly tags?: readonly string[] | undefined;
}

/**
 * Plans an image with an edited config, or edited annotations of the manifest. All layers keep their bytes, and unknown
 * fields stay. Throws what `requireComplete` and `editConfig` throw.
 */
export function configuredImage(image: ReadImage, options: ConfigureOptions): NewImage {
  requireComplete(image);
  const { edits, setAnnotations = [], unsetAnnotations = [], tags } = options;
  const hasAnnotations = setAnnotations.length + unsetAnnotations.length > 0;
  return changedImage(image, {
    layers: image.layers.map((layer) => existingLayer(image, layer)),
    configBytes: editConfig(configBytesOf(image), edits),
    platform: edits.platform,
    tags,
    annotations: hasAnnotations
      ? editAnnotations(originalManifest(image)?.annotations ?? new Map(), setAnnotations, unsetAnnotations)
      : undefined,
  });
}
