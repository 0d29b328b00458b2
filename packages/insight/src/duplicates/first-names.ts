import { Kind, NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import type { Contents } from './repeated-sizes.js';

/** The first path of each wanted content, by its position in `Contents`. */
export interface FirstNames {
  /** The node of the path; NONE for other contents. */
  readonly node: Int32Array;
  /** The rank of the path in byte order. */
  readonly rank: Int32Array;
}

/** Finds the first path, in byte order, of each content in `wanted`. */
export function firstNames(union: Union, contents: Contents, wanted: Int32Array): FirstNames {
  const { nodes } = union;
  const isWanted = new Uint8Array(contents.count);
  for (const member of wanted) isWanted[member] = 1;
  const positionOf = createLookup(contents, union.layers.length);
  const node = new Int32Array(contents.count).fill(NONE);
  const rank = new Int32Array(contents.count);
  let next = 0;
  for (const current of walkNodes(union, ROOT)) {
    if (nodes.kindOf(current) !== Kind.file) continue;
    const position = positionOf(nodes.layerOf(current), nodes.entryOf(current));
    if (position === NONE || isWanted[position] !== 1 || node[position] !== NONE) continue;
    node[position] = current;
    rank[position] = next++;
  }
  return { node, rank };
}

/** Returns a function that finds a content by its layer and entry. `Contents` is in this order. */
function createLookup(
  { count, layer, entry }: Contents,
  layers: number,
): (layer: number, entry: number) => number {
  const starts = new Int32Array(layers + 1);
  for (const position of layer) starts[position + 1] = (starts[position + 1] ?? 0) + 1;
  for (let i = 1; i <= layers; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
  return (wantedLayer, wantedEntry) => {
    let low = starts[wantedLayer] ?? count;
    let high = (starts[wantedLayer + 1] ?? 0) - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = entry[middle] ?? 0;
      if (found === wantedEntry) return middle;
      if (found < wantedEntry) low = middle + 1;
      else high = middle - 1;
    }
    return NONE;
  };
}
