import { Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import { distribute } from './distribute.js';
import type { TreePlan } from './tree-plan.js';

/**
 * Plans every layer anew with only what reaches the root file system: each path in the layer that placed it. No path
 * is then hidden by a later layer, so that no whiteout is left. Null stands for a layer of which all is needed: its
 * blob can stay as it is.
 */
export function planWithoutWaste(union: Union): (TreePlan | null)[] {
  return planPlacedPaths(union).map((plan, layer) => (isWhole(union, plan, layer) ? null : plan));
}

/** For each layer the plan of what it placed of the root file system. */
export function planPlacedPaths(union: Union): TreePlan[] {
  const { nodes, layers } = union;
  const planOf = (node: number): number => {
    if (node === ROOT && nodes.layerOf(node) === NONE) return NONE;
    return nodes.placedIn(node);
  };
  return distribute(union, { planOf, plans: layers.length, keepsDirectories: true });
}

/** Whether the plan has a step for each entry of the layer. */
function isWhole(union: Union, plan: TreePlan, layer: number): boolean {
  const changeset = union.layers[layer];
  if (changeset === undefined) return false;
  let entries = 0;
  for (const kind of changeset.kind) {
    if (kind === Kind.whiteout || kind === Kind.opaque) return false;
    if (kind !== Kind.ignored) entries++;
  }
  let steps = 0;
  for (let i = 0; i < plan.count; i++) {
    if (plan.layer[i] === NONE) continue;
    // What another layer stores is not in this one's blob.
    if (plan.layer[i] !== layer) return false;
    steps++;
  }
  return steps === entries;
}
