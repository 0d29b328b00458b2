import { Kind } from '@layers/core/rootfs';
import type { NewEntry } from '@layers/tar';
import { describedEntry, linkedEntry } from '../emit/described-entry.js';
import { createTarNames } from '../emit/tar-names.js';
import { whiteoutName } from '../emit/whiteout-name.js';
import type { LayerStack } from './layer-stack.js';
import { NodeStatus } from './node-status.js';

/** The entries of the new layer, without their contents. */
export interface LayerHeaders {
  /** Returns the entry of a node, or its whiteout. */
  of(node: number): NewEntry;
  /** Returns a hard link to another node. */
  link(node: number, target: number): NewEntry;
}

/**
 * Returns the entries of the new layer.
 *
 * @param defaultTime modification time of nodes without an entry, in seconds since 1970
 */
export function createLayerHeaders(
  stack: LayerStack,
  statuses: Uint8Array,
  defaultTime: number,
): LayerHeaders {
  const { before, after } = stack;
  const nameOf = createTarNames(after);
  // Link targets are in other directories: they get a cache of their own.
  const targetName = createTarNames(after);
  return {
    of(node) {
      const path = nameOf(node);
      if (statuses[node] === NodeStatus.deleted) return { path: whiteoutName(path), mtime: defaultTime };
      // A parent has the attributes of the image, even if an addition has an entry for it.
      const { layers, nodes } = statuses[node] === NodeStatus.parent ? before : after;
      const changeset = layers[nodes.layerOf(node)];
      if (changeset !== undefined) return describedEntry(changeset, nodes.entryOf(node), path);
      return { path, type: nodes.kindOf(node) === Kind.directory ? 'directory' : 'file', mtime: defaultTime };
    },
    link(node, target) {
      const changeset = after.layers[after.nodes.layerOf(node)];
      if (changeset === undefined) throw new RangeError('the target of a link has no entry');
      return linkedEntry(changeset, after.nodes.entryOf(node), nameOf(node), targetName(target));
    },
  };
}
