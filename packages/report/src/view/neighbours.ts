import type { Child } from './contents-of.js';
import { largestChildren } from './contents-of.js';
import type { ItemSet } from './item-set.js';

export type Direction = 'next' | 'previous' | 'into' | 'out';

/** Returns where a key leads from a path: siblings are in the order of their sizes, as in the picture. */
export function neighbourOf(set: ItemSet, path: number, direction: Direction): number {
  const parent = Math.max(0, set.paths.parentOf(path));
  switch (direction) {
    case 'out':
      return parent;
    case 'into':
      return largestChildren(set, path)[0]?.path ?? path;
    case 'next':
    case 'previous': {
      if (path === 0) return path;
      const siblings: readonly Child[] = largestChildren(set, parent);
      const at = siblings.findIndex((sibling) => sibling.path === path);
      return siblings[at + (direction === 'next' ? 1 : -1)]?.path ?? path;
    }
  }
}
