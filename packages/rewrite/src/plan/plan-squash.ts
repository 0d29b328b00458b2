import { Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import { distribute } from './distribute.js';
import { createPlanBuilder, type TreePlan } from './tree-plan.js';

/**
 * Plans one layer that does to the layers below what several did: `above` is the union up to the last of them, made
 * on top of `below`, the union of those under the first. Whiteouts stay only for what is there below.
 */
export function planSquash(below: Union, above: Union): TreePlan {
  const from = below.layers.length;
  const { nodes } = above;
  const carried = carriedInodes(above, from);
  const planOf = (node: number): number => {
    if (nodes.placedIn(node) >= from) return 0;
    return carried.has(inodeOf(above, node)) ? 0 : NONE;
  };
  const hidden = goneNodes(below, above);
  const [plan = createPlanBuilder().finish()] = distribute(above, { planOf, plans: 1, hidden });
  return plan;
}

/** Inodes of the layers below that these layers gave further names: a link cannot reach into another layer. */
function carriedInodes(above: Union, from: number): ReadonlySet<string> {
  const { nodes } = above;
  const inodes = new Set<string>();
  for (let node = ROOT + 1; node < nodes.count; node++) {
    if (!nodes.isLive(node) || nodes.placedIn(node) < from || nodes.kindOf(node) === Kind.directory) continue;
    if (nodes.layerOf(node) < from) inodes.add(inodeOf(above, node));
  }
  return inodes;
}

function inodeOf({ nodes }: Union, node: number): string {
  return `${nodes.layerOf(node)} ${nodes.entryOf(node)}`;
}

/** What is there below and no longer above, the topmost only, where nothing else has taken its place. */
function goneNodes(below: Union, above: Union): number[] {
  const gone: number[] = [];
  for (let node = ROOT + 1; node < below.nodes.count; node++) {
    if (!below.nodes.isLive(node) || above.nodes.isLive(node)) continue;
    if (above.nodes.isLiveDirectory(above.nodes.parentOf(node))) gone.push(node);
  }
  return gone;
}
