import { Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import { distribute } from './distribute.js';
import { Action, createPlanBuilder, type TreePlan } from './tree-plan.js';

/**
 * Plans one layer with the effect of several. Keeps only whiteouts that still hide a path.
 *
 * @param below the union of the layers under the first of them
 * @param above the union up to the last of them, made on top of `below`
 */
export function planSquash(below: Union, above: Union): TreePlan {
  const from = below.layers.length;
  const { nodes } = above;
  const carried = carriedInodes(above, from);
  const planOf = (node: number): number => {
    if (nodes.placedIn(node) >= from) return 0;
    return carried.has(inodeOf(above, node)) ? 0 : NONE;
  };
  const hidden = deletedNodes(below, above);
  const [plan = createPlanBuilder().finish()] = distribute(above, { planOf, plans: 1, hidden });
  return plan;
}

/**
 * Returns whether a plan for a single layer has exactly the entries of that layer, and no fault that makes programs refuse
 * it, so that its blob can be copied.
 */
export function keepsLayer(union: Union, plan: TreePlan, layer: number): boolean {
  const changeset = union.layers[layer];
  if (!changeset?.isSelfContained || changeset.findings.some(({ severity }) => severity === 'warning'))
    return false;
  let whiteouts = 0;
  for (const kind of changeset.kind) {
    if (kind === Kind.ignored || kind === Kind.opaque) return false;
    if (kind === Kind.whiteout) whiteouts++;
  }
  let entries = changeset.count - whiteouts;
  for (let step = 0; step < plan.count; step++) {
    if (plan.action[step] === Action.whiteout) whiteouts--;
    else if (plan.layer[step] === layer) entries--;
    // A directory without an entry of its own is created by every reader, but one of a lower layer is not in this blob.
    else if (plan.layer[step] !== NONE) return false;
  }
  return whiteouts === 0 && entries === 0;
}

/** Returns the lower inodes that these layers gave new names: their contents are repeated, because a link cannot refer to another layer. */
export function carriedInodes(above: Union, from: number): ReadonlySet<string> {
  const { nodes } = above;
  const inodes = new Set<string>();
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (!nodes.isLive(node) || nodes.placedIn(node) < from || nodes.kindOf(node) === Kind.directory) continue;
    if (nodes.layerOf(node) < from) inodes.add(inodeOf(above, node));
  }
  return inodes;
}

/** Returns a text that identifies the inode of a node. */
export function inodeOf({ nodes }: Union, node: number): string {
  return `${nodes.layerOf(node)} ${nodes.entryOf(node)}`;
}

/** Returns the topmost paths that were deleted and not replaced. */
export function deletedNodes(below: Union, above: Union): number[] {
  const deleted: number[] = [];
  for (let node = ROOT + 1; node < below.nodes.count; node++) {
    if (!below.nodes.isLive(node) || above.nodes.isLive(node)) continue;
    if (above.nodes.isLiveDirectory(above.nodes.parentOf(node))) deleted.push(node);
  }
  return deleted;
}
