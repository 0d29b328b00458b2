import { Kind } from '@layers/core/rootfs';
import type { NewEntry } from '@layers/tar';
import { describedEntry, linkedEntry } from '../emit/described-entry.js';
import { createMemberNames } from '../emit/member-names.js';
import { whiteoutName } from '../emit/whiteout-name.js';
import { Mark } from './marks.js';
import type { Stacked } from './stacked.js';

/** The members of a layer, but for their contents. */
export interface LayerMembers {
  /** What stands for a node, or its whiteout. */
  of(node: number): NewEntry;
  /** A further name of what another node names. */
  link(node: number, target: number): NewEntry;
}

/** @param madeTime seconds since 1970, for what has no entry of its own */
export function createLayerMembers(stack: Stacked, marks: Uint8Array, madeTime: number): LayerMembers {
  const { before, after } = stack;
  const nameOf = createMemberNames(after);
  // What links lead to lies elsewhere, and would take the place of the folder that is gone through.
  const targetName = createMemberNames(after);
  return {
    of(node) {
      const path = nameOf(node);
      if (marks[node] === Mark.whiteout) return { path: whiteoutName(path), mtime: madeTime };
      // An addition may have placed it too, with another time or without its xattrs.
      const { layers, nodes } = marks[node] === Mark.parent ? before : after;
      const changeset = layers[nodes.layerOf(node)];
      if (changeset !== undefined) return describedEntry(changeset, nodes.entryOf(node), path);
      return { path, type: nodes.kindOf(node) === Kind.directory ? 'directory' : 'file', mtime: madeTime };
    },
    link(node, target) {
      const changeset = after.layers[after.nodes.layerOf(node)];
      if (changeset === undefined) throw new RangeError('a link leads to what nothing describes');
      return linkedEntry(changeset, after.nodes.entryOf(node), nameOf(node), targetName(target));
    },
  };
}
