import { NONE, type NodeTable, ROOT } from '@layers/core/rootfs';

/** The wanted nodes of a tree and their directories, each directory before its contents. */
export interface PathOrder {
  readonly count: number;
  /** The node of each path. */
  readonly node: Int32Array;
  readonly parent: Int32Array;
  /** The path of each node; NONE for nodes that are left out. */
  readonly pathOf: Int32Array;
}

/** Orders nodes as a tree in preorder. Siblings are in the order in which layers name them first. */
export function orderPaths(nodes: NodeTable, isWanted: (node: number) => boolean): PathOrder {
  const total = nodes.count;
  const keeps = new Uint8Array(total);
  keeps[ROOT] = 1;
  for (let node = ROOT + 1; node < total; node++) {
    if (!isWanted(node)) continue;
    for (let at = node; at !== NONE && keeps[at] !== 1; at = nodes.parentOf(at)) keeps[at] = 1;
  }
  const next = new Int32Array(total).fill(NONE);
  const firstChild = new Int32Array(total).fill(NONE);
  // From the last to the first, so that each list begins with its first.
  for (let node = total - 1; node > ROOT; node--) {
    if (keeps[node] !== 1) continue;
    const parent = nodes.parentOf(node);
    next[node] = firstChild[parent] ?? NONE;
    firstChild[parent] = node;
  }
  const count = keeps.reduce((sum, kept) => sum + kept, 0);
  const order: PathOrder = {
    count,
    node: new Int32Array(count),
    parent: new Int32Array(count),
    pathOf: new Int32Array(total).fill(NONE),
  };
  let path = 0;
  let node: number = ROOT;
  while (node !== NONE) {
    order.node[path] = node;
    order.parent[path] = node === ROOT ? NONE : (order.pathOf[nodes.parentOf(node)] ?? NONE);
    order.pathOf[node] = path++;
    node = following(node);
  }
  return order;

  function following(from: number): number {
    const child = firstChild[from] ?? NONE;
    if (child !== NONE) return child;
    for (let at = from; at !== NONE; at = nodes.parentOf(at)) {
      const sibling = next[at] ?? NONE;
      if (sibling !== NONE) return sibling;
    }
    return NONE;
  }
}
