import type { ContentPlace } from '../../image/contents/compare-contents.js';
import type { Union } from '../../rootfs/union.js';

const ENTRIES = 2 ** 32;

/** Returns a number that identifies a content within its tree. */
export function contentKey({ nodes }: Union, node: number): number {
  return placeKey({ layer: nodes.layerOf(node), entry: nodes.entryOf(node) });
}

/** Returns a number that identifies a content within its image, in the order of its layers. */
export function placeKey({ layer, entry }: ContentPlace): number {
  return layer * ENTRIES + entry;
}
