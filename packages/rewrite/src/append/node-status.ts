import { childrenOf, NONE, ROOT } from '@layers/core/rootfs';
import type { LayerStack } from './layer-stack.js';

/** What the new layer contains for a node. */
export const NodeStatus = {
  unchanged: 0,
  /** A changed entry. */
  changed: 1,
  /** An unchanged directory of the image, repeated because something below it changes. */
  parent: 2,
  deleted: 3,
} as const;

/** Returns whether a node is a path of the image. */
export function isInImage({ before }: LayerStack, node: number): boolean {
  return node < before.nodes.count && before.nodes.isLive(node);
}

/** Returns whether an addition placed a node. */
export function isAdded({ before, after }: LayerStack, node: number): boolean {
  return after.nodes.isLive(node) && after.nodes.placedIn(node) >= before.layers.length;
}

/** Returns a `NodeStatus` for each node: changed for added nodes, deleted for the topmost deleted ones. */
export function nodeStatuses(stack: LayerStack): Uint8Array {
  const { before, after } = stack;
  const statuses = new Uint8Array(after.nodes.count);
  for (let node = ROOT + 1; node < statuses.length; node++) {
    if (isAdded(stack, node)) statuses[node] = NodeStatus.changed;
    else if (!after.nodes.isLive(node) && isInImage(stack, node)) {
      // A parent whose type changes hides everything below it.
      const parent = after.nodes.parentOf(node);
      const hidden = !(after.nodes.isLiveDirectory(parent) && before.nodes.isLiveDirectory(parent));
      if (!hidden) statuses[node] = NodeStatus.deleted;
    }
  }
  return statuses;
}

/**
 * Sets the status of the parent directories of changed nodes. Docker resets a directory without an entry to mode 0755
 * and owner root, so each of them gets an entry.
 */
export function addParents({ after }: LayerStack, statuses: Uint8Array): void {
  for (let node = ROOT + 1; node < statuses.length; node++) {
    if (statuses[node] === NodeStatus.unchanged) continue;
    let up = after.nodes.parentOf(node);
    while (up > ROOT && statuses[up] === NodeStatus.unchanged) {
      statuses[up] = NodeStatus.parent;
      up = after.nodes.parentOf(up);
    }
  }
}

/** Returns the topmost nodes below `tops` that no addition placed and that contain no added node. */
export function missingBelow(stack: LayerStack, tops: readonly number[]): number[] {
  const { after } = stack;
  const reached = new Uint8Array(after.nodes.count);
  for (let node = ROOT + 1; node < reached.length; node++) {
    if (!isAdded(stack, node)) continue;
    for (let up = node; up > ROOT && reached[up] === 0; up = after.nodes.parentOf(up)) reached[up] = 1;
  }
  const missing: number[] = [];
  const seen = new Set<number>();
  const pending = tops.filter((node) => node !== NONE);
  for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
    if (seen.has(top)) continue;
    seen.add(top);
    for (const node of childrenOf(after, top)) {
      if (reached[node] === 0) missing.push(node);
      else if (after.nodes.isLiveDirectory(node)) pending.push(node);
    }
  }
  return missing;
}
