import { textOfBytes } from '../../findings/path-fields.js';
import { Kind } from '../../rootfs/kind.js';
import { NONE, ROOT } from '../../rootfs/node-table.js';
import { nodePath } from '../../rootfs/rootfs.js';
import type { Union } from '../../rootfs/union.js';
import type { TreeChanges } from './tree-changes.js';

/**
 * Returns the path of another hard link to the content of a changed path: one that both trees have, or one that an
 * earlier call received. So a change of a file with many hard links counts as one change. Called for one change
 * after the other, with the nodes of the path in both trees; NONE where a tree does not have it.
 */
export type OtherNames = (nodeA: number, nodeB: number, path: string) => string | undefined;

/** Beyond this number of contents, each name counts as a change of its own. */
const MAX_FIRSTS = 100_000;

export function createOtherNames(a: Union, b: Union, changes: TreeChanges): OtherNames {
  const firsts = new Map<string, string>();
  const keptNameInA = createKeptNames(a, changes, 'a');
  const keptNameInB = createKeptNames(b, changes, 'b');
  return (nodeA, nodeB, path) => {
    if (!hasSeveralNames(a, nodeA) && !hasSeveralNames(b, nodeB)) return undefined;
    if (nodeA === NONE || nodeB === NONE) {
      const kept = nodeA === NONE ? keptNameInB(nodeB) : keptNameInA(nodeA);
      if (kept !== undefined) return kept;
    }
    const key = `${contentOf(a, nodeA)},${contentOf(b, nodeB)}`;
    const first = firsts.get(key);
    if (first !== undefined) return first;
    if (firsts.size >= MAX_FIRSTS) return undefined;
    firsts.set(key, path);
    return undefined;
  };
}

/** Finds the path of a hard link to a node's content that both trees have. */
function createKeptNames(
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
    const kept: (Int32Array | undefined)[] = [];
    for (let node = ROOT + 1; node < nodes.count; node++) {
      if (!nodes.isLive(node) || isOneSided[node] === 1) continue;
      const [layer, entry] = [nodes.layerOf(node), nodes.entryOf(node)];
      if ((names[layer]?.[entry] ?? 0) < 2) continue;
      kept[layer] ??= new Int32Array(layers[layer]?.count ?? 0);
      const column = kept[layer];
      if (column !== undefined && column[entry] === 0) column[entry] = node;
    }
    return kept;
  };
  return (node) => {
    found ??= find();
    const kept = found[nodes.layerOf(node)]?.[nodes.entryOf(node)] ?? 0;
    return kept === 0 ? undefined : textOfBytes(nodePath(union, kept)).text;
  };
}

function hasSeveralNames({ nodes, names }: Union, node: number): boolean {
  if (node === NONE || nodes.kindOf(node) !== Kind.file) return false;
  return (names[nodes.layerOf(node)]?.[nodes.entryOf(node)] ?? 1) > 1;
}

/** Identifies a content; other types by kind alone, so that hard links that all became symlinks are one change. */
function contentOf({ nodes }: Union, node: number): string {
  if (node === NONE) return '';
  const kind = nodes.kindOf(node);
  return kind === Kind.file ? `${nodes.layerOf(node)} ${nodes.entryOf(node)}` : `kind ${kind}`;
}
