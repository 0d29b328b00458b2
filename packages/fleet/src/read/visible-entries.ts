import { type Changeset, Kind, NONE, ROOT, type Union } from '@layers/core/rootfs';
import type { Columns } from '../schema/rows.js';

/** Which entries of an image do not show in its root file system, and what its hard links lead to. */
export interface Visibility {
  /** Columns of the table `hidden` after `image`. */
  readonly hidden: Columns;
  /** Columns of the table `links` after `image`. */
  readonly links: Columns;
}

/** The entries that a path can show: all but markers and ignored ones. */
export function isShown(kind: number | undefined): boolean {
  return kind !== undefined && kind !== Kind.ignored && kind !== Kind.whiteout && kind !== Kind.opaque;
}

/** Finds the entries that do not show. Each path that an entry names shows exactly one entry. */
export function visibleEntries(union: Union): Visibility {
  const { nodes } = union;
  const hidden: [number[], number[]] = [[], []];
  const links: [number[], number[], number[], number[]] = [[], [], [], []];
  /** For each node, the entry of the layer at hand that it shows. */
  const shown = new Int32Array(nodes.count).fill(NONE);
  union.layers.forEach((changeset, position) => {
    const nodeOf = nodesOfEntries(union, changeset);
    const claim = (isLink: boolean): void => {
      for (let entry = 0; entry < changeset.count; entry++) {
        const kind = changeset.kind[entry];
        const node = nodeOf[entry] ?? NONE;
        if (node === NONE || !isShown(kind) || (kind === Kind.link) !== isLink || !nodes.isLive(node))
          continue;
        const isInode = nodes.layerOf(node) === position && nodes.entryOf(node) === entry;
        if (isLink ? isPlacedHere(node) && !isOwnInode(node) : isInode && isPlacedHere(node))
          shown[node] = entry;
      }
    };
    const isPlacedHere = (node: number): boolean =>
      nodes.kindOf(node) === Kind.directory || nodes.placedIn(node) === position;
    /** Whether a node shows the entry that stores its content, not a link to it. */
    const isOwnInode = (node: number): boolean =>
      nodes.kindOf(node) === Kind.directory ||
      (shown[node] !== NONE && changeset.kind[shown[node] ?? 0] !== Kind.link);
    claim(false);
    claim(true);
    for (let entry = 0; entry < changeset.count; entry++) {
      const kind = changeset.kind[entry];
      if (!isShown(kind)) continue;
      const node = nodeOf[entry] ?? NONE;
      if (node === NONE || shown[node] !== entry) {
        hidden[0].push(position);
        hidden[1].push(entry);
      } else if (kind === Kind.link) {
        links[0].push(position);
        links[1].push(entry);
        links[2].push(nodes.layerOf(node));
        links[3].push(nodes.entryOf(node));
      }
    }
    // A node that shows an entry of this layer shows none of another.
    for (const node of nodeOf) if (node !== NONE) shown[node] = NONE;
  });
  return { hidden, links };
}

/** Returns the node of the path of each entry. */
function nodesOfEntries({ nodes }: Union, changeset: Changeset): Int32Array {
  const { names, nameStart, nameLength, parent, dirParent, dirNameStart, dirNameLength, count } = changeset;
  const child = (directory: number, start: number, length: number): number =>
    directory === NONE
      ? NONE
      : length === 0
        ? directory
        : nodes.find(directory, names, start, start + length);
  const directories = new Int32Array(dirParent.length).fill(ROOT);
  for (let i = 1; i < dirParent.length; i++) {
    directories[i] = child(
      directories[dirParent[i] ?? 0] ?? NONE,
      dirNameStart[i] ?? 0,
      dirNameLength[i] ?? 0,
    );
  }
  const found = new Int32Array(count);
  for (let entry = 0; entry < count; entry++) {
    const directory = directories[parent[entry] ?? 0] ?? NONE;
    found[entry] = child(directory, nameStart[entry] ?? 0, nameLength[entry] ?? 0);
  }
  return found;
}
