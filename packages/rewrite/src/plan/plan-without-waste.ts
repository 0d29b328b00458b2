import { Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import { distribute } from './distribute.js';
import type { TreePlan } from './tree-plan.js';

/**
 * Plans every layer with only the paths of the root file system: each path in the layer that placed it. No later layer
 * then hides a path, so no whiteouts are needed. Null for a layer without waste, whose blob can be copied.
 */
export function planWithoutWaste(union: Union): (TreePlan | null)[] {
  return planPlacedPaths(union).map((plan, layer) => (isWhole(union, plan, layer) ? null : plan));
}

/** Plans each layer with the paths of the root file system that it placed. */
export function planPlacedPaths(union: Union): TreePlan[] {
  const { nodes, layers } = union;
  const planOf = (node: number): number => {
    if (node === ROOT && nodes.layerOf(node) === NONE) return NONE;
    return nodes.placedIn(node);
  };
  return distribute(union, { planOf, plans: layers.length, keepsDirectories: true });
}

/** Returns whether the plan has a step for each entry of the layer. */
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
    // The blob of this layer lacks entries of other layers.
    if (plan.layer[i] !== layer) return false;
    steps++;
  }
  return steps === entries;
}
