import { randomBytes } from 'node:crypto';
import type { Changeset } from './changeset.js';
import { bytesColumn, growTogether, indexColumn, shortsColumn, wordsColumn } from './columns.js';
import { Kind } from './kind.js';
import { nameHash, sameBytes } from './name-hash.js';

/** No node, no layer, no entry. */
export const NONE = -1;
export const ROOT = 0;

/**
 * Every path that any layer ever named, in columns: a tree of names in which a node is live while the path exists.
 * A node's `layer` and `entry` say which entry gives its type, attributes and contents (its inode); a directory
 * that no entry described has `NONE` for both.
 */
export interface NodeTable {
  readonly count: number;
  /** The node of a name under `parent`, made absent where there was none. */
  child(parent: number, layer: number, names: Uint8Array, start: number, end: number): number;
  /** The node of a name under `parent`, or NONE. */
  find(parent: number, names: Uint8Array, start: number, end: number): number;
  isLive(node: number): boolean;
  isLiveDirectory(node: number): boolean;
  parentOf(node: number): number;
  kindOf(node: number): number;
  layerOf(node: number): number;
  entryOf(node: number): number;
  /** The layer in which the path got what it now is, or was lost where it is no longer live. */
  placedIn(node: number): number;
  /** Gives a node its inode; an absent one becomes live, the newest child of its parent. */
  place(node: number, placedIn: number, kind: number, layer: number, entry: number): void;
  /** Takes a live node out of its parent's children, for a layer; its own children must be gone. */
  remove(node: number, removedIn: number): void;
  firstChild(node: number): number;
  nextSibling(node: number): number;
  /** The node's name as a view. */
  nameOf(node: number): Uint8Array;
  /** A table of its own in which every node is as it is here; `layers` begin with the layers of this one. */
  fork(layers: readonly Changeset[]): NodeTable;
}

/** What a table starts from. */
interface Origin {
  readonly seed: number;
  readonly count: number;
  readonly slots: Int32Array;
  readonly columns: readonly { readonly values: Uint8Array | Uint16Array | Uint32Array | Int32Array }[];
}

export function createNodeTable(layers: readonly Changeset[], origin: Origin | null = null): NodeTable {
  const seed = origin?.seed ?? randomBytes(4).readInt32LE(0);
  // Memory that is never touched costs nothing, and most entries of most images are paths of their own.
  const room = layers.reduce((sum, { count }) => sum + count, Math.max(256, origin?.count ?? 0));
  const parent = indexColumn(room);
  const nameLayer = indexColumn(room);
  const nameStart = wordsColumn(room);
  const nameLength = shortsColumn(room);
  const hash = indexColumn(room);
  const live = bytesColumn(room);
  const kind = bytesColumn(room);
  const layer = indexColumn(room);
  const entry = indexColumn(room);
  const placed = indexColumn(room);
  const first = indexColumn(room);
  const next = indexColumn(room);
  const previous = indexColumn(room);
  const columns = [
    parent,
    nameLayer,
    nameStart,
    nameLength,
    hash,
    live,
    kind,
    layer,
    entry,
    placed,
    first,
    next,
    previous,
  ];
  const ensure = growTogether(columns);
  let slots = origin === null ? new Int32Array(2 ** Math.ceil(Math.log2(room * 2))) : origin.slots.slice();
  let count = origin?.count ?? 1;
  parent.values[ROOT] = NONE;
  live.values[ROOT] = 1;
  kind.values[ROOT] = Kind.directory;
  layer.values[ROOT] = NONE;
  entry.values[ROOT] = NONE;
  placed.values[ROOT] = NONE;
  first.values[ROOT] = NONE;
  for (const [i, { values }] of (origin?.columns ?? []).entries()) {
    columns[i]?.values.set(values.subarray(0, count));
  }
  const noNames = new Uint8Array(0);

  const grow = (): void => {
    slots = new Int32Array(slots.length * 2);
    for (let node = 1; node < count; node++) {
      let slot = (hash.values[node] ?? 0) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = node;
    }
  };

  /** The slot that holds the name, or the free one where it belongs. */
  const slotOf = (key: number, of: number, names: Uint8Array, start: number, end: number): number => {
    let slot = key & (slots.length - 1);
    for (;;) {
      const node = slots[slot] ?? 0;
      if (node === 0) return slot;
      if (
        hash.values[node] === key &&
        parent.values[node] === of &&
        nameLength.values[node] === end - start &&
        sameBytes(
          layers[nameLayer.values[node] ?? 0]?.names ?? noNames,
          nameStart.values[node] ?? 0,
          names,
          start,
          end - start,
        )
      ) {
        return slot;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
  };

  return {
    get count() {
      return count;
    },
    child(of, inLayer, names, start, end) {
      const key = nameHash(seed, of, names, start, end);
      const slot = slotOf(key, of, names, start, end);
      const found = slots[slot] ?? 0;
      if (found !== 0) return found;
      const node = count++;
      ensure(count);
      parent.values[node] = of;
      nameLayer.values[node] = inLayer;
      nameStart.values[node] = start;
      nameLength.values[node] = end - start;
      hash.values[node] = key;
      placed.values[node] = NONE;
      first.values[node] = NONE;
      slots[slot] = node;
      if (count * 2 > slots.length) grow();
      return node;
    },
    find(of, names, start, end) {
      const node = slots[slotOf(nameHash(seed, of, names, start, end), of, names, start, end)] ?? 0;
      return node === 0 ? NONE : node;
    },
    isLive: (node) => live.values[node] === 1,
    isLiveDirectory: (node) => live.values[node] === 1 && kind.values[node] === Kind.directory,
    parentOf: (node) => parent.values[node] ?? NONE,
    kindOf: (node) => kind.values[node] ?? 0,
    layerOf: (node) => layer.values[node] ?? NONE,
    entryOf: (node) => entry.values[node] ?? NONE,
    placedIn: (node) => placed.values[node] ?? NONE,
    place(node, placedIn, newKind, newLayer, newEntry) {
      kind.values[node] = newKind;
      layer.values[node] = newLayer;
      entry.values[node] = newEntry;
      placed.values[node] = placedIn;
      if (live.values[node] === 1) return;
      live.values[node] = 1;
      const of = parent.values[node] ?? ROOT;
      const head = first.values[of] ?? NONE;
      next.values[node] = head;
      previous.values[node] = NONE;
      if (head !== NONE) previous.values[head] = node;
      first.values[of] = node;
      first.values[node] = NONE;
    },
    remove(node, removedIn) {
      live.values[node] = 0;
      placed.values[node] = removedIn;
      const before = previous.values[node] ?? NONE;
      const after = next.values[node] ?? NONE;
      if (before === NONE) first.values[parent.values[node] ?? ROOT] = after;
      else next.values[before] = after;
      if (after !== NONE) previous.values[after] = before;
    },
    firstChild: (node) => first.values[node] ?? NONE,
    nextSibling: (node) => next.values[node] ?? NONE,
    nameOf(node) {
      const names = layers[nameLayer.values[node] ?? 0]?.names ?? noNames;
      const start = nameStart.values[node] ?? 0;
      return names.subarray(start, start + (nameLength.values[node] ?? 0));
    },
    fork: (all) => createNodeTable(all, { seed, count, slots, columns }),
  };
}
