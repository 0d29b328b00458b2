import { Kind } from '@layers/core/rootfs';
import type { NewEntry } from '@layers/tar';
import { describedEntry, linkedEntry } from '../emit/described-entry.js';
import { createTarNames } from '../emit/tar-names.js';
import { whiteoutName } from '../emit/whiteout-name.js';
import type { LayerStack } from './layer-stack.js';
import { NodeStatus } from './node-status.js';

/** The members of a layer, but for their contents. */
export interface LayerHeaders {
  /** What stands for a node, or its whiteout. */
  of(node: number): NewEntry;
  /** A further name of what another node names. */
  link(node: number, target: number): NewEntry;
}

/** @param defaultTime seconds since 1970, for what has no entry of its own */
export function createLayerHeaders(
  stack: LayerStack,
  statuses: Uint8Array,
  defaultTime: number,
): LayerHeaders {
  const { before, after } = stack;
  const nameOf = createTarNames(after);
  // What links lead to lies elsewhere, and would take the place of the folder that is gone through.
  const targetName = createTarNames(after);
  return {
    of(node) {
      const path = nameOf(node);
      if (statuses[node] === NodeStatus.deleted) return { path: whiteoutName(path), mtime: defaultTime };
      // An addition may have placed it too, with another time or without its xattrs.
      const { layers, nodes } = statuses[node] === NodeStatus.parent ? before : after;
      const changeset = layers[nodes.layerOf(node)];
      if (changeset !== undefined) return describedEntry(changeset, nodes.entryOf(node), path);
      return { path, type: nodes.kindOf(node) === Kind.directory ? 'directory' : 'file', mtime: defaultTime };
    },
    link(node, target) {
      const changeset = after.layers[after.nodes.layerOf(node)];
      if (changeset === undefined) throw new RangeError('a link leads to what nothing describes');
      return linkedEntry(changeset, after.nodes.entryOf(node), nameOf(node), targetName(target));
    },
  };
}
