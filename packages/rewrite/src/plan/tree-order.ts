import { NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import { Action, createPlanBuilder, type TreePlan } from './tree-plan.js';

/**
 * Sorts the plan of a whole tree as tar and docker write trees: everything below a directory follows it, siblings in byte
 * order. GNU tar sets the time of a directory at the first entry that is not below it, and later entries would change
 * the time again. The first name of an inode is the file.
 */
export function inTreeOrder(union: Union, plan: TreePlan): TreePlan {
  const { nodes } = union;
  const stepOf = new Int32Array(nodes.count).fill(NONE);
  for (let step = 0; step < plan.count; step++) stepOf[plan.node[step] ?? 0] = step;
  const firstNames = new Map<string, number>();
  const builder = createPlanBuilder(Math.max(plan.count, 1));

  const add = (node: number): void => {
    const step = stepOf[node] ?? NONE;
    if (step === NONE) return;
    const layer = plan.layer[step] ?? NONE;
    const entry = plan.entry[step] ?? NONE;
    const isKept = plan.action[step] === Action.copy;
    if ((union.names[layer]?.[entry] ?? 0) > 1) {
      const inode = `${layer} ${entry}`;
      const first = firstNames.get(inode);
      if (first !== undefined) {
        builder.add(node, Action.hardlink, layer, entry, first);
        return;
      }
      firstNames.set(inode, node);
    }
    builder.add(node, isKept ? Action.copy : Action.create, layer, entry, NONE);
  };

  add(ROOT);
  for (const node of walkNodes(union, ROOT)) add(node);
  return builder.finish();
}
