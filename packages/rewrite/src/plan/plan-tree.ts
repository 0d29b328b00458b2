import { NONE, ROOT, type Union } from '@layers/core/rootfs';
import { distribute } from './distribute.js';
import { createPlanBuilder, type TreePlan } from './tree-plan.js';

/**
 * Plans the merged tree as one tar. Includes the root if it has an entry. All names have the same form, because GNU tar
 * recognises the files below a directory by their names.
 */
export function planTree(union: Union): TreePlan {
  const { nodes } = union;
  const planOf = (node: number): number => (node === ROOT && nodes.layerOf(node) === NONE ? NONE : 0);
  const [plan = createPlanBuilder().finish()] = distribute(union, { planOf, plans: 1, plainNames: true });
  return plan;
}
