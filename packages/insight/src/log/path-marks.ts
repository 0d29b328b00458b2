import { type Changeset, Kind } from '@layers/core/rootfs';

/** An entry or marker of a layer at a path, or at a directory above it. */
export interface PathMark {
  /** The number of names from the root to the path of the entry: 0 is the root. */
  readonly depth: number;
  readonly kind: number;
  readonly entry: number;
}

const OUTSIDE = -1;

/** Returns the entries and markers of a layer at a path and at its parents, in the order of the tar. */
export function marksOn(changeset: Changeset, names: readonly Uint8Array[]): PathMark[] {
  const { count, kind, parent, nameStart, nameLength, names: pool } = changeset;
  const depths = depthsOfDirectories(changeset, names);
  const marks: PathMark[] = [];
  for (let entry = 0; entry < count; entry++) {
    const depth = depths[parent[entry] ?? 0] ?? OUTSIDE;
    if (depth === OUTSIDE || kind[entry] === Kind.ignored) continue;
    const length = nameLength[entry] ?? 0;
    // Opaque markers and the root have no name.
    if (length === 0) marks.push({ depth, kind: kind[entry] ?? 0, entry });
    else if (isName(pool, nameStart[entry] ?? 0, length, names[depth]))
      marks.push({ depth: depth + 1, kind: kind[entry] ?? 0, entry });
  }
  return marks;
}

/** Returns for each directory of a layer the number of names that lead to it, or OUTSIDE where it is not above the path. */
function depthsOfDirectories(
  { dirParent, dirNameStart, dirNameLength, names: pool }: Changeset,
  names: readonly Uint8Array[],
): Int32Array {
  const depths = new Int32Array(dirParent.length).fill(OUTSIDE);
  depths[0] = 0;
  // A directory follows its parent.
  for (let directory = 1; directory < dirParent.length; directory++) {
    const depth = depths[dirParent[directory] ?? 0] ?? OUTSIDE;
    if (depth === OUTSIDE) continue;
    const length = dirNameLength[directory] ?? 0;
    if (isName(pool, dirNameStart[directory] ?? 0, length, names[depth])) depths[directory] = depth + 1;
  }
  return depths;
}

function isName(pool: Uint8Array, start: number, length: number, name: Uint8Array | undefined): boolean {
  if (name?.length !== length) return false;
  for (let i = 0; i < length; i++) if (pool[start + i] !== name[i]) return false;
  return true;
}
