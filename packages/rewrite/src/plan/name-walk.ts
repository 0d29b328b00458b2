import { NONE, type NodeTable, ROOT } from '@layers/core/rootfs';

/**
 * Goes through `wanted` nodes, live or not, and those above them, from the root, each before what is below it, siblings
 * by the bytes of their names.
 *
 * @param enter takes a node, and those right below it in order; returns whether to go on there
 */
export type NameWalk = (wanted: Int32Array, enter: (node: number, below: Int32Array) => boolean) => void;

/** A walk takes time and memory by the nodes that it comes to, however many others there are. */
export function createNameWalk(nodes: NodeTable): NameWalk {
  const placeOf = new Int32Array(nodes.count).fill(NONE);
  const byName = (a: number, b: number): number => Buffer.compare(nodes.nameOf(a), nodes.nameOf(b));
  const aboveOf = (node: number): number => placeOf[nodes.parentOf(node)] ?? 0;

  return (wanted, enter) => {
    const there = [ROOT];
    placeOf[ROOT] = 0;
    for (const node of wanted) {
      for (let at = node; placeOf[at] === NONE; at = nodes.parentOf(at)) {
        placeOf[at] = there.length;
        there.push(at);
      }
    }
    const start = new Int32Array(there.length + 1);
    for (const node of there.slice(1)) start[aboveOf(node) + 1] = (start[aboveOf(node) + 1] ?? 0) + 1;
    for (let i = 1; i < start.length; i++) start[i] = (start[i] ?? 0) + (start[i - 1] ?? 0);
    const children = new Int32Array(there.length - 1);
    const filled = start.slice();
    for (const node of there.slice(1)) {
      const at = filled[aboveOf(node)] ?? 0;
      children[at] = node;
      filled[aboveOf(node)] = at + 1;
    }
    // Without recursion: depth is the archive's choice.
    const stack: { readonly siblings: Int32Array; next: number }[] = [
      { siblings: Int32Array.of(ROOT), next: 0 },
    ];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const node = top.siblings[top.next++];
      if (node === undefined) {
        stack.pop();
        continue;
      }
      const place = placeOf[node] ?? 0;
      const below = children.subarray(start[place], start[place + 1]).sort(byName);
      if (enter(node, below)) stack.push({ siblings: below, next: 0 });
    }
    for (const node of there) placeOf[node] = NONE;
  };
}
