import type { ReadImage } from '@layers/core/image';
import { type EmitOptions, emitTar } from '../emit/emit-tar.js';
import { isSeekable } from '../emit/layer-cursor.js';
import { plannedTarBytes } from '../emit/segments.js';
import { requireComplete, unionOf } from '../image/complete-image.js';
import { planTree } from '../plan/plan-tree.js';
import { inTreeOrder } from '../plan/tree-order.js';

/** A root file system as one tar archive. */
export interface RootfsTar {
  /** Exact bytes of the tar. */
  readonly tarBytes: number;
  /** Number of entries: one for each path. */
  readonly entries: number;
  /** Generates the tar. Chunks are views that hold until the next step. Throws what `emitTar` throws. */
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * Returns the merged root file system of an image as one tar archive: parents before children, each path once, hard links
 * kept. If all layers are uncompressed files, each directory is followed by everything below it; otherwise contents are
 * in the order of the layers. Throws what `requireComplete` throws. `onMismatch` can be called more than once for a layer.
 */
export function exportRootfs(image: ReadImage, options: EmitOptions = {}): RootfsTar {
  requireComplete(image, options);
  const union = unionOf(image);
  const inLayerOrder = planTree(union);
  // Decompressed layers can only be read forward.
  const plan = image.layers.every(isSeekable) ? inTreeOrder(union, inLayerOrder) : inLayerOrder;
  return {
    tarBytes: plannedTarBytes(union, plan),
    entries: plan.count,
    chunks: () => emitTar(image, union, plan, options),
  };
}
