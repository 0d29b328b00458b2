import { NONE, type NodeTable, ROOT } from '@layers/core/rootfs';

/**
 * Visits nodes, live or not, and their parents: from the root, each directory before its children, siblings in byte order.
 *
 * @param enter is called with a node and its children in order; returns whether to visit the children
 */
export type NameWalk = (wanted: Int32Array, enter: (node: number, below: Int32Array) => boolean) => void;

/** Returns a walk whose time and memory depend on the visited nodes alone. */
export function createNameWalk(nodes: NodeTable): NameWalk {
  const indexOf = new Int32Array(nodes.count).fill(NONE);
  const byName = (a: number, b: number): number => Buffer.compare(nodes.nameOf(a), nodes.nameOf(b));
  const aboveOf = (node: number): number => indexOf[nodes.parentOf(node)] ?? 0;

  return (wanted, enter) => {
    const visited = [ROOT];
    indexOf[ROOT] = 0;
    for (const node of wanted) {
      for (let at = node; indexOf[at] === NONE; at = nodes.parentOf(at)) {
        indexOf[at] = visited.length;
        visited.push(at);
      }
    }
    const start = new Int32Array(visited.length + 1);
    for (const node of visited.slice(1)) start[aboveOf(node) + 1] = (start[aboveOf(node) + 1] ?? 0) + 1;
    for (let i = 1; i < start.length; i++) start[i] = (start[i] ?? 0) + (start[i - 1] ?? 0);
    const children = new Int32Array(visited.length - 1);
    const filled = start.slice();
    for (const node of visited.slice(1)) {
      const at = filled[aboveOf(node)] ?? 0;
      children[at] = node;
      filled[aboveOf(node)] = at + 1;
    }
    // No recursion: the archive decides the depth.
    const stack: { readonly siblings: Int32Array; next: number }[] = [
      { siblings: Int32Array.of(ROOT), next: 0 },
    ];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const node = top.siblings[top.next++];
      if (node === undefined) {
        stack.pop();
        continue;
      }
      const index = indexOf[node] ?? 0;
      const below = children.subarray(start[index], start[index + 1]).sort(byName);
      if (enter(node, below)) stack.push({ siblings: below, next: 0 });
    }
    for (const node of visited) indexOf[node] = NONE;
  };
}
