import type { ItemSet } from './item-set.js';

/** A part of a picture: a path, with its items from one position of a set to another. */
export interface Cell {
  readonly set: ItemSet;
  readonly path: number;
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  /** The layer that all items belong to, where the picture is by layer; -1 elsewhere. */
  readonly layer: number;
  /** Whether this is one of several contents of its path. */
  readonly isVersion: boolean;
}

/** Returns the cell of a path in a set. */
export function cellOf(set: ItemSet, path: number, layer = -1): Cell {
  const from = set.positionOf(path);
  const to = set.positionOf(set.paths.endOf(path), from);
  return { set, path, from, to, bytes: set.bytesBetween(from, to), layer, isVersion: false };
}

/** Whether a cell is one content. */
export function isLeaf({ from, to }: Cell): boolean {
  return to - from === 1;
}

/** Returns the parts of a cell: what is in a directory, or the contents that one path had. */
export function partsOf(cell: Cell): Cell[] {
  const { set, path, from, to, layer } = cell;
  const parts: Cell[] = [];
  if (isLeaf(cell)) return parts;
  for (let at = from; at < to; ) {
    const below = set.pathAt(at);
    const child = childAbove(cell, below);
    const end = below === path ? at + 1 : set.positionOf(set.paths.endOf(child), at);
    const isVersion = below === path;
    parts.push({ set, path: child, from: at, to: end, bytes: set.bytesBetween(at, end), layer, isVersion });
    at = end;
  }
  return parts;
}

/** Returns the deepest cell with all items of this one: directories that have one thing only are one cell. */
export function collapsed(cell: Cell): Cell {
  let deepest = cell;
  while (deepest.to > deepest.from) {
    const first = deepest.set.pathAt(deepest.from);
    const last = deepest.set.pathAt(deepest.to - 1);
    if (first === deepest.path) break;
    const child = childAbove(deepest, first);
    if (last >= deepest.set.paths.endOf(child)) break;
    deepest = { ...deepest, path: child };
  }
  return deepest;
}

/** Returns the owner that all items of a cell have, as in the columns: 0 for none, -1 for several. */
export function ownerOf({ set, from, to }: Cell): number {
  const ownerAt = (at: number): number => set.paths.columns.owner[set.pathAt(at)] ?? 0;
  const owner = ownerAt(from);
  for (let at = from + 1; at < to; at++) if (ownerAt(at) !== owner) return -1;
  return owner;
}

/** Returns the child of the cell's path that is, or is above, `below`. */
function childAbove({ set, path }: Cell, below: number): number {
  let child = below;
  while (child !== path && set.paths.parentOf(child) !== path) child = set.paths.parentOf(child);
  return child;
}
