import type { Union } from '../../rootfs/union.js';

const ENTRIES = 2 ** 32;

/** Returns a number that identifies a content within its tree. */
export function contentKey({ nodes }: Union, node: number): number {
  return nodes.layerOf(node) * ENTRIES + nodes.entryOf(node);
}
