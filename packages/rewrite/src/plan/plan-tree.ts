import { NONE, ROOT, type Union } from '@layers/core/rootfs';
import { distribute } from './distribute.js';
import { createPlanBuilder, type TreePlan } from './tree-plan.js';

/**
 * Plans the whole merged tree as one tar, with the root where an entry describes it. All names are spelled alike: GNU tar
 * finds by them what is below a directory.
 */
export function planTree(union: Union): TreePlan {
  const { nodes } = union;
  const planOf = (node: number): number => (node === ROOT && nodes.layerOf(node) === NONE ? NONE : 0);
  const [plan = createPlanBuilder().finish()] = distribute(union, { planOf, plans: 1, plainNames: true });
  return plan;
}
