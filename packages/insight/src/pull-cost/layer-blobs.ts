import { declaredBytes } from '@layers/core/analysis';
import type { ImageDescription, LayerDescription, ReadImage } from '@layers/core/image';
import type { PulledLayer } from './document.js';

/** An image, with its layers if they were read. */
export interface PullImage {
  readonly description: ImageDescription;
  readonly read: ReadImage | null;
}

/** A layer as a registry has it. */
export type LayerBlob = Pick<PulledLayer, 'digest' | 'diffId' | 'bytes' | 'isEstimated'>;

/** Returns the layers of an image as a registry has them. Computed digests count before declared ones. */
export function layerBlobs(
  { description, read }: PullImage,
  gzipBytes: readonly (number | null)[],
): LayerBlob[] {
  return description.layers.map((layer, i) => {
    const index = read?.layers[i]?.index ?? null;
    const digest = layer.digest ?? (index?.compression === null ? null : (index?.digests[0] ?? null));
    const bytes = index?.storedBytes ?? declaredBytes(layer);
    return {
      digest,
      diffId: index?.diffIds[0] ?? layer.diffId,
      bytes: digest === null ? (gzipBytes[i] ?? bytes) : bytes,
      isEstimated: digest === null,
    };
  });
}

/** Whether two layers are one blob in a registry. Without digests, equal contents count: both are compressed alike. */
export function isSameBlob(a: LayerBlob, b: LayerBlob): boolean {
  if (a.digest !== null && b.digest !== null) return a.digest === b.digest;
  return a.diffId !== null && a.diffId === b.diffId;
}

/** Returns what stands for a blob: equal keys mean one blob. */
export function isSameTar(a: Pick<LayerDescription, 'diffId'>, b: Pick<LayerDescription, 'diffId'>): boolean {
  return a.diffId !== null && a.diffId === b.diffId;
}
