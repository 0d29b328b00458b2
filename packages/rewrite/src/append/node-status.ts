import { childrenOf, NONE, ROOT } from '@layers/core/rootfs';
import type { LayerStack } from './layer-stack.js';

/** What the layer has for a node. */
export const NodeStatus = {
  unchanged: 0,
  /** A header of its own. */
  changed: 1,
  /** A header that repeats what the image has, for what is below. */
  parent: 2,
  deleted: 3,
} as const;

/** Whether a node is a path of the image below. */
export function isBelow({ before }: LayerStack, node: number): boolean {
  return node < before.nodes.count && before.nodes.isLive(node);
}

/** Whether an addition put a node where it is. */
export function isAdded({ before, after }: LayerStack, node: number): boolean {
  return after.nodes.isLive(node) && after.nodes.placedIn(node) >= before.layers.length;
}

/** A `Mark` for each node: what the additions placed, and the topmost of what the image had and is gone. */
export function nodeStatuses(stack: LayerStack): Uint8Array {
  const { before, after } = stack;
  const statuses = new Uint8Array(after.nodes.count);
  for (let node = ROOT + 1; node < statuses.length; node++) {
    if (isAdded(stack, node)) statuses[node] = NodeStatus.changed;
    else if (!after.nodes.isLive(node) && isBelow(stack, node)) {
      // A parent that was or becomes something else hides everything below by itself.
      const parent = after.nodes.parentOf(node);
      const hidden = !(after.nodes.isLiveDirectory(parent) && before.nodes.isLiveDirectory(parent));
      if (!hidden) statuses[node] = NodeStatus.deleted;
    }
  }
  return statuses;
}

/**
 * Marks the directories above what is marked. Docker gives a directory that a layer does not describe 0755 and
 * root as owner, so that each is described as it is.
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

/** The nodes below the tops that no addition placed, nor has anything below: the topmost of them. */
export function missingBelow(stack: LayerStack, tops: readonly number[]): number[] {
  const { after } = stack;
  const reached = new Uint8Array(after.nodes.count);
  for (let node = ROOT + 1; node < reached.length; node++) {
    if (!isAdded(stack, node)) continue;
    for (let up = node; up > ROOT && reached[up] === 0; up = after.nodes.parentOf(up)) reached[up] = 1;
  }
  const missing: number[] = [];
  const seen = new Set<number>();
  const left = tops.filter((node) => node !== NONE);
  for (let top = left.pop(); top !== undefined; top = left.pop()) {
    if (seen.has(top)) continue;
    seen.add(top);
    for (const node of childrenOf(after, top)) {
      if (reached[node] === 0) missing.push(node);
      else if (after.nodes.isLiveDirectory(node)) left.push(node);
    }
  }
  return missing;
}
