import { type Changeset, Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';

/** The live paths of each entry. */
export interface OwnNodes {
  /** For each layer and entry, the live node at the entry's own path, or NONE. */
  readonly own: readonly Int32Array[];
  /** For each layer and entry, its first other live name (a hard link), or NONE. Null for layers without any. */
  readonly others: readonly (Int32Array | null)[];
  /** For each other name, the next one of the same inode, or NONE. */
  readonly next: Int32Array;
}

/** Finds for every live node whether it is at the path of its entry, or is another name by a hard link. */
export function findOwnNodes(union: Union): OwnNodes {
  const { nodes, layers } = union;
  const own = layers.map(({ count }) => new Int32Array(count).fill(NONE));
  const others = layers.map((): Int32Array | null => null);
  const next = new Int32Array(nodes.count).fill(NONE);
  const directories = layers.map((layer) => directoryNodes(union, layer));
  // Backwards, so that the names of an inode are chained in the order of their creation.
  for (let node = nodes.count - 1; node >= ROOT; node--) {
    if (!nodes.isLive(node)) continue;
    const layer = nodes.layerOf(node);
    const entry = nodes.entryOf(node);
    const changeset = layers[layer];
    const ownNodes = own[layer];
    if (changeset === undefined || ownNodes === undefined) continue;
    if (isOwn(union, changeset, directories[layer], node, entry)) {
      ownNodes[entry] = node;
      continue;
    }
    const names = others[layer] ?? new Int32Array(changeset.count).fill(NONE);
    others[layer] = names;
    next[node] = names[entry] ?? NONE;
    names[entry] = node;
  }
  return { own, others, next };
}

/** Returns the live node of each directory in the layer's directory table, or NONE. */
export function directoryNodes({ nodes }: Union, changeset: Changeset): Int32Array {
  const { dirParent, dirNameStart, dirNameLength, names } = changeset;
  const found = new Int32Array(dirParent.length).fill(NONE);
  found[0] = ROOT;
  // A directory has a higher index than its parent.
  for (let i = 1; i < dirParent.length; i++) {
    const above = found[dirParent[i] ?? 0] ?? NONE;
    if (above === NONE) continue;
    const start = dirNameStart[i] ?? 0;
    const node = nodes.find(above, names, start, start + (dirNameLength[i] ?? 0));
    if (node !== NONE && nodes.isLive(node)) found[i] = node;
  }
  return found;
}

function isOwn(
  { nodes }: Union,
  changeset: Changeset,
  directories: Int32Array | undefined,
  node: number,
  entry: number,
): boolean {
  const { nameStart, nameLength, names, parent } = changeset;
  const length = nameLength[entry] ?? 0;
  if (node === ROOT) return length === 0 && changeset.kind[entry] === Kind.directory;
  if (directories?.[parent[entry] ?? 0] !== nodes.parentOf(node)) return false;
  const name = nodes.nameOf(node);
  if (name.length !== length) return false;
  const start = nameStart[entry] ?? 0;
  for (let i = 0; i < length; i++) if (names[start + i] !== name[i]) return false;
  return true;
}
