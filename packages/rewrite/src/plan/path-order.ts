import { NONE, type Union } from '@layers/core/rootfs';
import { createNameWalk } from './name-walk.js';
import { Action, createPlanBuilder, type TreePlan } from './tree-plan.js';

const HIDDEN = 1;
const OPAQUE = 2;

/**
 * Returns a function that sorts the steps of a plan by path. Call it with the plans of an image's layers, from the base
 * up. Everything below a directory follows it, siblings in byte order, whiteouts before entries. All headers are created.
 * The first name of an inode is the file; if an earlier plan has the inode, all names are links to the first one there.
 *
 * Omits whiteouts without effect: those below a path that the plan itself has or hides.
 */
export function createPathOrder(union: Union): (plan: TreePlan) => TreePlan {
  const { nodes, names } = union;
  const primaryNames = new Map<string, number>();
  const walk = createNameWalk(nodes);
  const stepOf = new Int32Array(nodes.count).fill(NONE);
  const hiding = new Uint8Array(nodes.count);

  return (plan) => {
    const wanted = plan.node.subarray(0, plan.count);
    wanted.forEach((node, step) => {
      if (plan.action[step] === Action.whiteout) hiding[node] = (hiding[node] ?? 0) | HIDDEN;
      else if (plan.action[step] === Action.opaque) hiding[node] = (hiding[node] ?? 0) | OPAQUE;
      else stepOf[node] = step;
    });
    const builder = createPlanBuilder(Math.max(plan.count, 1));
    walk(wanted, (node, below) => {
      const step = stepOf[node] ?? NONE;
      if (step !== NONE) add(builder, node, plan.layer[step] ?? NONE, plan.entry[step] ?? NONE);
      const hides = hiding[node] ?? 0;
      if (!nodes.isLiveDirectory(node) && (nodes.isLive(node) || (hides & HIDDEN) !== 0)) return false;
      if ((hides & OPAQUE) !== 0) builder.add(node, Action.opaque, NONE, NONE, NONE);
      for (const child of below) {
        if (((hiding[child] ?? 0) & HIDDEN) !== 0) builder.add(child, Action.whiteout, NONE, NONE, NONE);
      }
      return true;
    });
    for (const node of wanted) {
      stepOf[node] = NONE;
      hiding[node] = 0;
    }
    return builder.finish();
  };

  function add(
    builder: ReturnType<typeof createPlanBuilder>,
    node: number,
    layer: number,
    entry: number,
  ): void {
    if ((names[layer]?.[entry] ?? 0) < 2) {
      builder.add(node, Action.create, layer, entry, NONE);
      return;
    }
    const inode = `${layer} ${entry}`;
    const primaryName = primaryNames.get(inode);
    if (primaryName === undefined) primaryNames.set(inode, node);
    builder.add(
      node,
      primaryName === undefined ? Action.create : Action.hardlink,
      layer,
      entry,
      primaryName ?? NONE,
    );
  }
}
