import type { ReadImage } from '@layers/core/image';
import { type EmitOptions, emitTar } from '../emit/emit-tar.js';
import { isSeekable } from '../emit/layer-cursor.js';
import { plannedTarBytes } from '../emit/segments.js';
import { requireComplete, unionOf } from '../image/complete-image.js';
import { planTree } from '../plan/plan-tree.js';
import { inTreeOrder } from '../plan/tree-order.js';

/** A root file system as one tar. */
export interface RootfsTar {
  /** Exact bytes of the tar. */
  readonly bytes: number;
  /** Paths in it. */
  readonly entries: number;
  /** The tar, in views that hold until the next step. Throws as `emitTar` does. */
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * The merged root file system of an image as one tar: parents before children, no path twice, names of one content as
 * hard links to the first. Where layers can be read at any place, each directory is followed by all that is below it;
 * else contents stand in the order of the layers. Throws what `requireComplete` throws.
 */
export function exportRootfs(image: ReadImage, options: EmitOptions = {}): RootfsTar {
  requireComplete(image);
  const union = unionOf(image);
  const inLayerOrder = planTree(union);
  // What is inflated can only be read forward.
  const plan = image.layers.every(isSeekable) ? inTreeOrder(union, inLayerOrder) : inLayerOrder;
  return {
    bytes: plannedTarBytes(union, plan),
    entries: plan.count,
    chunks: () => emitTar(image, union, plan, options),
  };
}
