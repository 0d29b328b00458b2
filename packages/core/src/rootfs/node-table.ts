import { randomSeed } from '#core/io/random.js';
import type { Changeset } from './changeset.js';
import { bytesColumn, growTogether, indexColumn, shortsColumn, wordsColumn } from './columns.js';
import { Kind } from './kind.js';
import { nameHash, sameBytes } from './name-hash.js';

/** No node, no layer, no entry. */
export const NONE = -1;
/** The node of the root directory. */
export const ROOT = 0;

const NO_NAMES = new Uint8Array(0);

/** The columns of nodes that change when a path does, for loops over many nodes. See the methods of `NodeTable`. */
export interface NodeArrays {
  /** The number of nodes that they have room for. */
  readonly capacity: number;
  readonly live: Uint8Array;
  readonly kind: Uint8Array;
  readonly layer: Int32Array;
  readonly entry: Int32Array;
  readonly placedIn: Int32Array;
  readonly firstChild: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
}

/**
 * Every path that any layer ever named, in columns: a tree of names in which a node is live while the path exists.
 * The `layer` and `entry` of a node identify the entry that gives its type, attributes and content (its inode). A
 * directory that no entry describes has `NONE` for both.
 */
export class NodeTable {
  readonly #layers: readonly Changeset[];
  /** Random, so that nobody can choose names that share a slot. */
  readonly #seed: number;
  readonly #parent;
  readonly #nameLayer;
  readonly #nameStart;
  readonly #nameLength;
  readonly #hash;
  readonly #live;
  readonly #kind;
  readonly #layer;
  readonly #entry;
  readonly #placedIn;
  readonly #firstChild;
  readonly #next;
  readonly #previous;
  readonly #ensure: (count: number) => void;
  #slots: Int32Array;
  #count: number;

  /**
   * Creates a table with a live root.
   *
   * @param origin a table to copy instead; `layers` begin with its layers
   */
  constructor(layers: readonly Changeset[], origin: NodeTable | null = null) {
    // Memory that is never touched costs nothing, and most entries of most images are paths of their own.
    const room = layers.reduce((sum, { count }) => sum + count, Math.max(256, origin?.count ?? 0));
    this.#layers = layers;
    this.#parent = indexColumn(room);
    this.#nameLayer = indexColumn(room);
    this.#nameStart = wordsColumn(room);
    this.#nameLength = shortsColumn(room);
    this.#hash = indexColumn(room);
    this.#live = bytesColumn(room);
    this.#kind = bytesColumn(room);
    this.#layer = indexColumn(room);
    this.#entry = indexColumn(room);
    this.#placedIn = indexColumn(room);
    this.#firstChild = indexColumn(room);
    this.#next = indexColumn(room);
    this.#previous = indexColumn(room);
    const columns = this.#columns();
    this.#ensure = growTogether(columns);
    if (origin === null) {
      this.#seed = randomSeed();
      this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(room * 2)));
      this.#count = 1;
      this.#parent.values[ROOT] = NONE;
      this.#live.values[ROOT] = 1;
      this.#kind.values[ROOT] = Kind.directory;
      this.#layer.values[ROOT] = NONE;
      this.#entry.values[ROOT] = NONE;
      this.#placedIn.values[ROOT] = NONE;
      this.#firstChild.values[ROOT] = NONE;
    } else {
      this.#seed = origin.#seed;
      this.#slots = origin.#slots.slice();
      this.#count = origin.#count;
      for (const [i, { values }] of origin.#columns().entries()) {
        columns[i]?.values.set(values.subarray(0, this.#count));
      }
    }
  }

  /** Copies the table. Every node stands for the same path in the copy. `layers` begin with the layers of this one. */
  fork(layers: readonly Changeset[]): NodeTable {
    return new NodeTable(layers, this);
  }

  /** The number of nodes that the columns have room for. */
  get capacity(): number {
    return this.#parent.values.length;
  }

  /** The number of nodes, live or not. */
  get count(): number {
    return this.#count;
  }

  /**
   * Returns the node of a name under `parent`; adds one that is not live where there is none. The name is the bytes
   * `start` to `end` of `names`, which are the names of `layer`.
   */
  child(parent: number, layer: number, names: Uint8Array, start: number, end: number): number {
    const hash = nameHash(this.#seed, parent, names, start, end);
    const slot = this.#slotOf(hash, parent, names, start, end);
    const found = this.#slots[slot] ?? 0;
    if (found !== 0) return found;
    const node = this.#count++;
    this.#ensure(this.#count);
    this.#parent.values[node] = parent;
    this.#nameLayer.values[node] = layer;
    this.#nameStart.values[node] = start;
    this.#nameLength.values[node] = end - start;
    this.#hash.values[node] = hash;
    this.#placedIn.values[node] = NONE;
    this.#firstChild.values[node] = NONE;
    this.#slots[slot] = node;
    if (this.#count * 2 > this.#slots.length) this.#growSlots();
    return node;
  }

  /** Returns the node of a name under `parent`, or NONE. */
  find(parent: number, names: Uint8Array, start: number, end: number): number {
    const hash = nameHash(this.#seed, parent, names, start, end);
    const node = this.#slots[this.#slotOf(hash, parent, names, start, end)] ?? 0;
    return node === 0 ? NONE : node;
  }

  isLive(node: number): boolean {
    return this.#live.values[node] === 1;
  }

  isLiveDirectory(node: number): boolean {
    return this.#live.values[node] === 1 && this.#kind.values[node] === Kind.directory;
  }

  parentOf(node: number): number {
    return this.#parent.values[node] ?? NONE;
  }

  kindOf(node: number): number {
    return this.#kind.values[node] ?? 0;
  }

  layerOf(node: number): number {
    return this.#layer.values[node] ?? NONE;
  }

  entryOf(node: number): number {
    return this.#entry.values[node] ?? NONE;
  }

  /** Returns the layer that gave a live path its inode, or that removed a path. */
  placedIn(node: number): number {
    return this.#placedIn.values[node] ?? NONE;
  }

  firstChild(node: number): number {
    return this.#firstChild.values[node] ?? NONE;
  }

  nextSibling(node: number): number {
    return this.#next.values[node] ?? NONE;
  }

  /** Returns the node's name as a view. */
  nameOf(node: number): Uint8Array {
    const names = this.#layers[this.#nameLayer.values[node] ?? 0]?.names ?? NO_NAMES;
    const start = this.#nameStart.values[node] ?? 0;
    return names.subarray(start, start + (this.#nameLength.values[node] ?? 0));
  }

  nameLengthOf(node: number): number {
    return this.#nameLength.values[node] ?? 0;
  }

  /** Copies the node's name to a position of `target`. Makes no view: there may be millions of names. */
  copyName(node: number, target: Uint8Array, at: number): void {
    const names = this.#layers[this.#nameLayer.values[node] ?? 0]?.names ?? NO_NAMES;
    const start = this.#nameStart.values[node] ?? 0;
    const length = this.#nameLength.values[node] ?? 0;
    for (let i = 0; i < length; i++) target[at + i] = names[start + i] ?? 0;
  }

  /** Compares the names of two nodes by their bytes. */
  compareNames(a: number, b: number): number {
    const namesA = this.#layers[this.#nameLayer.values[a] ?? 0]?.names ?? NO_NAMES;
    const namesB = this.#layers[this.#nameLayer.values[b] ?? 0]?.names ?? NO_NAMES;
    const startA = this.#nameStart.values[a] ?? 0;
    const startB = this.#nameStart.values[b] ?? 0;
    const lengthA = this.#nameLength.values[a] ?? 0;
    const lengthB = this.#nameLength.values[b] ?? 0;
    const length = Math.min(lengthA, lengthB);
    for (let i = 0; i < length; i++) {
      const difference = (namesA[startA + i] ?? 0) - (namesB[startB + i] ?? 0);
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  /** Gives a node its inode. A node that is not live becomes the first child of its parent. */
  place(node: number, placedIn: number, kind: number, layer: number, entry: number): void {
    this.#kind.values[node] = kind;
    this.#layer.values[node] = layer;
    this.#entry.values[node] = entry;
    this.#placedIn.values[node] = placedIn;
    if (this.#live.values[node] === 1) return;
    this.#live.values[node] = 1;
    const parent = this.#parent.values[node] ?? ROOT;
    const head = this.#firstChild.values[parent] ?? NONE;
    this.#next.values[node] = head;
    this.#previous.values[node] = NONE;
    if (head !== NONE) this.#previous.values[head] = node;
    this.#firstChild.values[parent] = node;
    this.#firstChild.values[node] = NONE;
  }

  /** Returns the arrays of `place`; valid while `count` does not exceed `capacity`. */
  arrays(): NodeArrays {
    return {
      capacity: this.capacity,
      live: this.#live.values,
      kind: this.#kind.values,
      layer: this.#layer.values,
      entry: this.#entry.values,
      placedIn: this.#placedIn.values,
      firstChild: this.#firstChild.values,
      next: this.#next.values,
      previous: this.#previous.values,
    };
  }

  /** Removes a live node without children from its parent, for the layer `removedIn`. */
  remove(node: number, removedIn: number): void {
    this.#live.values[node] = 0;
    this.#placedIn.values[node] = removedIn;
    const before = this.#previous.values[node] ?? NONE;
    const after = this.#next.values[node] ?? NONE;
    if (before === NONE) this.#firstChild.values[this.#parent.values[node] ?? ROOT] = after;
    else this.#next.values[before] = after;
    if (after !== NONE) this.#previous.values[after] = before;
  }

  #columns() {
    return [
      this.#parent,
      this.#nameLayer,
      this.#nameStart,
      this.#nameLength,
      this.#hash,
      this.#live,
      this.#kind,
      this.#layer,
      this.#entry,
      this.#placedIn,
      this.#firstChild,
      this.#next,
      this.#previous,
    ];
  }

  /** Returns the slot that holds the name, or the free one where it belongs. */
  #slotOf(hash: number, parent: number, names: Uint8Array, start: number, end: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const node = slots[slot] ?? 0;
      if (node === 0) return slot;
      if (
        this.#hash.values[node] === hash &&
        this.#parent.values[node] === parent &&
        this.#nameLength.values[node] === end - start &&
        sameBytes(
          this.#layers[this.#nameLayer.values[node] ?? 0]?.names ?? NO_NAMES,
          this.#nameStart.values[node] ?? 0,
          names,
          start,
          end - start,
        )
      ) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let node = 1; node < this.#count; node++) {
      let slot = (this.#hash.values[node] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node;
    }
    this.#slots = slots;
  }
}
