import { textOfBytes } from '../../findings/path-fields.js';
import { Kind } from '../../rootfs/kind.js';
import { NONE, ROOT } from '../../rootfs/node-table.js';
import { nodePath } from '../../rootfs/rootfs.js';
import type { Union } from '../../rootfs/union.js';
import type { TreeChanges } from './tree-changes.js';

/**
 * Told of changes one after the other, says of each whether another name tells of the same contents: one that both
 * trees have, or one that an earlier change told of. Returns that one's path: what happens to a file with many hard
 * links is one change. Give the nodes of the path on both sides, NONE where there is none.
 */
export type FurtherNames = (nodeA: number, nodeB: number, path: string) => string | undefined;

/** More contents with several names are told name by name. */
const MAX_FIRSTS = 100_000;

export function createFurtherNames(a: Union, b: Union, changes: TreeChanges): FurtherNames {
  const firsts = new Map<string, string>();
  const lastingA = createLastingNames(a, changes, 'a');
  const lastingB = createLastingNames(b, changes, 'b');
  return (nodeA, nodeB, path) => {
    if (!hasFurther(a, nodeA) && !hasFurther(b, nodeB)) return undefined;
    if (nodeA === NONE || nodeB === NONE) {
      const lasting = nodeA === NONE ? lastingB(nodeB) : lastingA(nodeA);
      if (lasting !== undefined) return lasting;
    }
    const key = `${contentOf(a, nodeA)},${contentOf(b, nodeB)}`;
    const first = firsts.get(key);
    if (first !== undefined) return first;
    if (firsts.size >= MAX_FIRSTS) return undefined;
    firsts.set(key, path);
    return undefined;
  };
}

/** The path of a name of a node's content that both trees have, where there is one. */
function createLastingNames(
  union: Union,
  changes: TreeChanges,
  side: 'a' | 'b',
): (node: number) => string | undefined {
  const { nodes, names, layers } = union;
  let found: (Int32Array | undefined)[] | null = null;
  const find = (): (Int32Array | undefined)[] => {
    const isOneSided = new Uint8Array(nodes.count);
    for (let change = 0; change < changes.count; change++) {
      const [own, other] =
        side === 'a'
          ? [changes.nodeA(change), changes.nodeB(change)]
          : [changes.nodeB(change), changes.nodeA(change)];
      if (own !== NONE && other === NONE) isOneSided[own] = 1;
    }
    const lasting: (Int32Array | undefined)[] = [];
    for (let node = ROOT + 1; node < nodes.count; node++) {
      if (!nodes.isLive(node) || isOneSided[node] === 1) continue;
      const [layer, entry] = [nodes.layerOf(node), nodes.entryOf(node)];
      if ((names[layer]?.[entry] ?? 0) < 2) continue;
      lasting[layer] ??= new Int32Array(layers[layer]?.count ?? 0);
      const column = lasting[layer];
      if (column !== undefined && column[entry] === 0) column[entry] = node;
    }
    return lasting;
  };
  return (node) => {
    found ??= find();
    const lasting = found[nodes.layerOf(node)]?.[nodes.entryOf(node)] ?? 0;
    return lasting === 0 ? undefined : textOfBytes(nodePath(union, lasting)).text;
  };
}

function hasFurther({ nodes, names }: Union, node: number): boolean {
  if (node === NONE || nodes.kindOf(node) !== Kind.file) return false;
  return (names[nodes.layerOf(node)]?.[nodes.entryOf(node)] ?? 1) > 1;
}

/** Of what is no file the kind: names that all became symlinks became the same. */
function contentOf({ nodes }: Union, node: number): string {
  if (node === NONE) return '';
  const kind = nodes.kindOf(node);
  return kind === Kind.file ? `${nodes.layerOf(node)} ${nodes.entryOf(node)}` : `kind ${kind}`;
}
