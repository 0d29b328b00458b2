import { nodePath } from '../../rootfs/rootfs.js';
import type { Union } from '../../rootfs/union.js';

/** Pairs nodes with equal contents: first those with equal names, then the others in order of their paths. */
export function pairByPath(
  a: Union,
  nodesA: readonly number[],
  b: Union,
  nodesB: readonly number[],
): [number, number][] {
  if (nodesA.length === 0 || nodesB.length === 0) return [];
  const [onlyA] = nodesA;
  const [onlyB] = nodesB;
  if (nodesA.length === 1 && nodesB.length === 1 && onlyA !== undefined && onlyB !== undefined) {
    return [[onlyA, onlyB]];
  }
  const [sortedA, sortedB] = [byPath(a, nodesA), byPath(b, nodesB)];
  const waiting = new Map<string, number[]>();
  for (const { node, name } of sortedB) {
    const known = waiting.get(name);
    if (known === undefined) waiting.set(name, [node]);
    else known.push(node);
  }
  const pairs: [number, number][] = [];
  const taken = new Set<number>();
  const left = sortedA.filter(({ node, name }) => {
    const match = waiting.get(name)?.shift();
    if (match === undefined) return true;
    pairs.push([node, match]);
    taken.add(match);
    return false;
  });
  const rest = sortedB.filter(({ node }) => !taken.has(node));
  left.slice(0, rest.length).forEach(({ node }, i) => {
    const other = rest[i];
    if (other !== undefined) pairs.push([node, other.node]);
  });
  return pairs;
}

function byPath(union: Union, nodes: readonly number[]): { node: number; name: string; path: Uint8Array }[] {
  return nodes
    .map((node) => ({
      node,
      name: Buffer.from(union.nodes.nameOf(node)).toString('latin1'),
      path: nodePath(union, node),
    }))
    .sort((x, y) => Buffer.compare(x.path, y.path));
}
