import { sameContents } from '../../image/contents/compare-contents.js';
import type { ReadImage } from '../../image/read-image.js';
import { Kind } from '../../rootfs/kind.js';
import type { CopyCandidate } from '../../rootfs/layer-application.js';
import { NONE } from '../../rootfs/node-table.js';
import type { Union } from '../../rootfs/union.js';

/** Returns the layer that stored the content of a node first; undefined where it is that of the node. */
export type StoredIn = (node: number) => number | undefined;

/**
 * Finds the layers that stored contents of files first, where later layers stored the same bytes again to change attributes,
 * as `chown` and `chmod` do. Compares the contents of the given nodes only.
 *
 * @throws LayersError ERR_LAYERS_READ
 */
export function findStoringLayers(image: ReadImage, union: Union, nodes: Iterable<number>): StoredIn {
  const { nodes: table, candidates, names } = union;
  if (candidates.length === 0) return () => undefined;
  const byNew = new Map(candidates.map((each) => [keyOf(each.newLayer, each.newEntry), each]));
  const chainOf = (node: number): CopyCandidate[] => {
    const chain: CopyCandidate[] = [];
    const seen = new Set<string>();
    let key = table.kindOf(node) === Kind.file ? keyOf(table.layerOf(node), table.entryOf(node)) : '';
    for (let found = byNew.get(key); found !== undefined && !seen.has(key); found = byNew.get(key)) {
      chain.push(found);
      seen.add(key);
      key = keyOf(found.oldLayer, found.oldEntry);
    }
    return chain;
  };
  const first = new Map<number, number>();
  for (const node of nodes) {
    // A hard link may be newer than the content that it names.
    if (node === NONE || (names[table.layerOf(node)]?.[table.entryOf(node)] ?? 0) > 1) continue;
    for (const candidate of chainOf(node)) {
      if (sameContents(image, [candidate])[0] !== true) break;
      first.set(node, candidate.oldLayer);
    }
  }
  return (node) => first.get(node);
}

function keyOf(layer: number, entry: number): string {
  return `${layer} ${entry}`;
}
