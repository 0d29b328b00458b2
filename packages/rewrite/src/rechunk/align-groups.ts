import { childNamed, Kind, NONE, ROOT, type Union, walkNodes } from '@layers/core/rootfs';

const HEADER_BYTES = 512;

/** The groups of two versions of an image, and the bytes that they have in common. */
export interface SharedBytes {
  /** For each group of the one version, the bytes of its files. */
  readonly bytes: Float64Array;
  /** For each group of the one, and each of the other, the bytes of the files whose paths both have. */
  readonly shared: readonly Float64Array[];
}

/** The groups of the layers of a union. */
export interface GroupedUnion {
  readonly union: Union;
  readonly count: number;
  /** Returns the group of a layer, or NONE. */
  readonly of: (layer: number) => number;
}

/** Counts by paths, not by contents: a step of a build writes the same paths with other contents. */
export function sharedBytes(a: GroupedUnion, b: GroupedUnion): SharedBytes {
  const bytes = new Float64Array(a.count);
  const shared = Array.from({ length: a.count }, () => new Float64Array(b.count));
  const { nodes } = a.union;
  const sameIn = new Int32Array(nodes.count).fill(NONE);
  sameIn[ROOT] = ROOT;
  for (const node of walkNodes(a.union, ROOT)) {
    const parent = sameIn[nodes.parentOf(node)] ?? NONE;
    const same = parent === NONE ? NONE : childNamed(b.union, parent, nodes.nameOf(node));
    sameIn[node] = same;
    if (nodes.kindOf(node) === Kind.directory) continue;
    const row = a.of(nodes.layerOf(node));
    if (row === NONE) continue;
    const size = sizeOf(a.union, node);
    bytes[row] = (bytes[row] ?? 0) + size;
    if (same === NONE || b.union.nodes.kindOf(same) === Kind.directory) continue;
    const cells = shared[row];
    const column = b.of(b.union.nodes.layerOf(same));
    if (cells !== undefined && column !== NONE)
      cells[column] = (cells[column] ?? 0) + Math.min(size, sizeOf(b.union, same));
  }
  return { bytes, shared };
}

function sizeOf({ nodes, layers }: Union, node: number): number {
  const size = nodes.kindOf(node) === Kind.file ? layers[nodes.layerOf(node)]?.size[nodes.entryOf(node)] : 0;
  return HEADER_BYTES + (size ?? 0);
}

/**
 * Finds the groups of two versions that correspond: in the same order, and with the most bytes in common. Groups without
 * common bytes correspond where nothing else stands between them: a step of a build can write other paths each time.
 *
 * @param columns the number of groups of the other version
 * @returns for each group of the one version that of the other, or NONE for one that was inserted. Several correspond to one
 *   where most of their bytes are in it
 */
export function alignGroups({ bytes, shared }: SharedBytes, columns: number): Int32Array {
  const rows = shared.length;
  const width = columns + 1;
  const best = new Float64Array((rows + 1) * width);
  // The best where the last row that corresponds to something corresponds to a column.
  const held = new Float64Array((rows + 1) * width).fill(Number.NEGATIVE_INFINITY);
  const weight = (row: number, column: number): number => shared[row - 1]?.[column - 1] ?? 0;
  const first = (row: number, column: number): number =>
    (best[(row - 1) * width + column - 1] ?? 0) + weight(row, column) + 1;
  const further = (row: number, column: number): number =>
    2 * weight(row, column) > (bytes[row - 1] ?? 0)
      ? (held[(row - 1) * width + column] ?? 0) + weight(row, column)
      : Number.NEGATIVE_INFINITY;
  for (let row = 1; row <= rows; row++) {
    for (let column = 1; column <= columns; column++) {
      const at = row * width + column;
      held[at] = Math.max(first(row, column), further(row, column), held[at - width] ?? 0);
      best[at] = Math.max(best[at - 1] ?? 0, held[at] ?? 0);
    }
  }
  const result = new Int32Array(rows).fill(NONE);
  // Whether the column is decided, and whether a further row of it was found above.
  let [isHeld, isBetween] = [false, false];
  for (let row = rows, column = columns; row > 0 && column > 0; ) {
    const at = row * width + column;
    if (!isHeld && best[at] === best[at - 1]) column--;
    else if (held[at] === held[at - width]) {
      if (isBetween) result[row - 1] = column - 1;
      isHeld = true;
      row--;
    } else {
      const isFirst = held[at] === first(row, column);
      result[row - 1] = column - 1;
      isHeld = isBetween = !isFirst;
      if (isFirst) column--;
      row--;
    }
  }
  return result;
}
