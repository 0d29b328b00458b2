import { NONE, ROOT, type Union } from '@layers/core/rootfs';

/**
 * Yields wanted nodes, whether they exist or not, each directory before its children, siblings sorted by the bytes of their
 * names.
 */
export function* walkPaths({ nodes }: Union, isWanted: (node: number) => boolean): Generator<number> {
  const { count } = nodes;
  const onWay = new Uint8Array(count);
  for (let node = ROOT + 1; node < count; node++) {
    if (!isWanted(node)) continue;
    for (let at = node; at !== NONE && onWay[at] !== 1; at = nodes.parentOf(at)) onWay[at] = 1;
  }
  // The children of each node, one node after the other.
  const starts = new Int32Array(count + 1);
  for (let node = ROOT + 1; node < count; node++) {
    if (onWay[node] === 1) starts[nodes.parentOf(node) + 1] = (starts[nodes.parentOf(node) + 1] ?? 0) + 1;
  }
  for (let i = 1; i <= count; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
  const children = new Int32Array(starts[count] ?? 0);
  const filled = starts.slice();
  for (let node = ROOT + 1; node < count; node++) {
    if (onWay[node] !== 1) continue;
    const parent = nodes.parentOf(node);
    children[filled[parent] ?? 0] = node;
    filled[parent] = (filled[parent] ?? 0) + 1;
  }
  const stack = [childrenOf(ROOT)];
  while (stack.length > 0) {
    const { value: node } = stack.at(-1)?.next() ?? {};
    if (node === undefined) {
      stack.pop();
      continue;
    }
    if (isWanted(node)) yield node;
    if (starts[node] !== starts[node + 1]) stack.push(childrenOf(node));
  }

  function childrenOf(node: number): IterableIterator<number> {
    return children
      .subarray(starts[node], starts[node + 1])
      .sort((a, b) => Buffer.compare(nodes.nameOf(a), nodes.nameOf(b)))
      .values();
  }
}
