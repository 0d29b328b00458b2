import { textOfBytes } from '../../findings/path-fields.js';
import { NONE, ROOT } from '../../rootfs/node-table.js';
import { nodePath } from '../../rootfs/rootfs.js';
import type { Union } from '../../rootfs/union.js';

/** Returns the paths of all hard links to a node's content, in byte order; at most 100. */
export type LinkNames = (node: number) => readonly string[];

const MAX_NAMES = 100;
const MAX_KNOWN = 1000;

/** Searches the tree once, at the first call. */
export function createLinkNames(union: Union): LinkNames {
  const { nodes, names } = union;
  let groups: Map<string, number[]> | null = null;
  const keyOf = (node: number): string => `${nodes.layerOf(node)} ${nodes.entryOf(node)}`;
  const find = (): Map<string, number[]> => {
    const found = new Map<string, number[]>();
    for (let node = ROOT + 1; node < nodes.count; node++) {
      if (!nodes.isLive(node) || (names[nodes.layerOf(node)]?.[nodes.entryOf(node)] ?? 0) < 2) continue;
      const group = found.get(keyOf(node));
      if (group === undefined) found.set(keyOf(node), [node]);
      else group.push(node);
    }
    return found;
  };
  // Changes of one content are mostly adjacent, and it may have very many names.
  const known = new Map<readonly number[], readonly string[]>();
  return (node) => {
    groups ??= find();
    const group = nodes.layerOf(node) === NONE ? undefined : groups.get(keyOf(node));
    if (group === undefined) return [textOfBytes(nodePath(union, node)).text];
    const cached = known.get(group);
    if (cached !== undefined) return cached;
    const paths = group.map((name) => nodePath(union, name)).sort(Buffer.compare);
    const texts = paths.slice(0, MAX_NAMES).map((path) => textOfBytes(path).text);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(group, texts);
    return texts;
  };
}
