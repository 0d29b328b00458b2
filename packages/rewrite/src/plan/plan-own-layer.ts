import { type Changeset, Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import { Action, createPlanBuilder, type TreePlan } from './tree-plan.js';

/**
 * Plans the entries of one layer, for `createPathOrder` to sort: each path once, as its last entry left it, all names of
 * an inode as files, and the whiteouts. Omits entries without a path: AUFS bookkeeping, refused names, dangling links.
 *
 * A path that had another type before it became a directory hid the lower layers: it gets a whiteout.
 *
 * @param alone the union of that layer alone
 */
export function planOwnLayer(alone: Union): TreePlan {
  const { nodes, layers } = alone;
  const [changeset] = layers;
  const builder = createPlanBuilder(Math.max(changeset?.count ?? 0, 1));
  if (changeset === undefined) return builder.finish();
  const hidden = new Uint8Array(nodes.count);
  const opaque = new Uint8Array(nodes.count);
  const nodeOf = createNodeFinder(alone, changeset);
  for (let entry = 0; entry < changeset.count; entry++) {
    const kind = changeset.kind[entry] ?? Kind.ignored;
    if (kind === Kind.ignored || kind === Kind.directory) continue;
    const node = nodeOf(entry);
    if (node === NONE) continue;
    if (kind === Kind.whiteout) hidden[node] = 1;
    else if (kind === Kind.opaque) opaque[node] = 1;
    else if (!nodes.isLiveDirectory(node)) continue;
    else if (nodes.layerOf(node) === NONE) hidden[node] = 1;
    else opaque[node] = 1;
  }
  for (let node = ROOT; node < nodes.count; node++) {
    if (hidden[node] === 1) builder.add(node, Action.whiteout, NONE, NONE, NONE);
    if (opaque[node] === 1) builder.add(node, Action.opaque, NONE, NONE, NONE);
    if (!nodes.isLive(node) || nodes.layerOf(node) === NONE) continue;
    builder.add(node, Action.create, 0, nodes.entryOf(node), NONE);
  }
  return builder.finish();
}

/** Returns a function that finds the node of an entry's path, live or not, or NONE. */
export function createNodeFinder({ nodes }: Union, changeset: Changeset): (entry: number) => number {
  const { dirParent, dirNameStart, dirNameLength, nameStart, nameLength, names, parent } = changeset;
  const directories = new Int32Array(dirParent.length).fill(NONE);
  directories[0] = ROOT;
  // A directory has a higher index than its parent.
  for (let i = 1; i < dirParent.length; i++) {
    const above = directories[dirParent[i] ?? 0] ?? NONE;
    const start = dirNameStart[i] ?? 0;
    if (above !== NONE) directories[i] = nodes.find(above, names, start, start + (dirNameLength[i] ?? 0));
  }
  return (entry) => {
    const above = directories[parent[entry] ?? 0] ?? NONE;
    const length = nameLength[entry] ?? 0;
    if (length === 0 || above === NONE) return above;
    const start = nameStart[entry] ?? 0;
    return nodes.find(above, names, start, start + length);
  };
}
