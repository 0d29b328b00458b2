import {
  bytesColumn,
  type Changeset,
  growTogether,
  indexColumn,
  Kind,
  NONE,
  numbersColumn,
  ROOT,
  type StoredEntry,
} from '@layers/core/rootfs';
import { cleanParts } from './clean-parts.js';
import type { TreePaths } from './tree-paths.js';

const WHITEOUT = Buffer.from('.wh.');
const OPAQUE = Buffer.from('.wh..wh..opq');

/** The tree that dive makes of one layer: its entries with their parents. One object serves the layers in turn. */
export class LayerTree {
  readonly #paths: TreePaths;
  /** Number of the tree that has a path, plus one. */
  readonly #inTree = indexColumn();
  /** Number of the tree in which a path has children, plus one. */
  readonly #hasChildren = indexColumn();
  readonly #size = numbersColumn();
  readonly #isDirectory = bytesColumn();
  readonly #ensure = growTogether([this.#inTree, this.#hasChildren, this.#size, this.#isDirectory]);
  #inOrder: number[] = [];
  #sorted: Int32Array | null = null;
  #number = 0;
  #bytes = 0;
  #hasWhiteouts = false;

  constructor(paths: TreePaths) {
    this.#paths = paths;
  }

  /** The size that dive gives the layer. */
  get bytes(): number {
    return this.#bytes;
  }

  get hasWhiteouts(): boolean {
    return this.#hasWhiteouts;
  }

  sizeOf(path: number): number {
    return this.#size.values[path] ?? 0;
  }

  isDirectory(path: number): boolean {
    return this.#isDirectory.values[path] === 1;
  }

  isLeaf(path: number): boolean {
    return this.#hasChildren.values[path] !== this.#number;
  }

  /** Replaces the tree by that of another layer; by an empty one for null. */
  read(changeset: Changeset | null): void {
    this.#number++;
    this.#inOrder = [];
    this.#sorted = null;
    this.#bytes = 0;
    this.#hasWhiteouts = false;
    if (changeset === null) return;
    const { dirParent, dirNameStart, dirNameLength, kind, parent, nameStart, nameLength, names } = changeset;
    /** The path of each directory of the changeset, plus one; 0 where it is not known yet. */
    const directories = new Int32Array(dirParent.length);
    directories[0] = ROOT + 1;
    const pathOfDirectory = (directory: number): number => {
      const known = directories[directory] ?? 0;
      if (known !== 0) return known - 1;
      const start = dirNameStart[directory] ?? 0;
      const name = names.subarray(start, start + (dirNameLength[directory] ?? 0));
      const above = pathOfDirectory(dirParent[directory] ?? 0);
      const path = above === NONE ? NONE : this.#add(above, name);
      directories[directory] = path + 1;
      return path;
    };
    for (let entry = 0; entry < changeset.count; entry++) {
      const stored = changeset.asStored.get(entry);
      if (stored !== undefined) {
        this.#addStored(stored, names);
        continue;
      }
      const type = kind[entry] ?? Kind.ignored;
      const size = changeset.size[entry] ?? 0;
      const start = nameStart[entry] ?? 0;
      const name = names.subarray(start, start + (nameLength[entry] ?? 0));
      const directory = pathOfDirectory(parent[entry] ?? 0);
      const path =
        directory === NONE ? NONE : this.#addEntry(directory, type, name, changeset.devices.has(entry));
      this.#set(path, size, type === Kind.directory);
    }
  }

  /** Returns the paths of the tree, parents before their children. */
  paths(): readonly number[] {
    return this.#inOrder;
  }

  /** Returns the paths of the tree as dive visits them: children before parents, siblings by name. */
  sortedPaths(): Iterable<number> {
    this.#sorted ??= this.#sort();
    return this.#sorted;
  }

  #sort(): Int32Array {
    // The children of each path, one path after the other.
    const starts = new Int32Array(this.#paths.count + 1);
    for (const path of this.#inOrder) {
      const after = this.#paths.parentOf(path) + 1;
      starts[after] = (starts[after] ?? 0) + 1;
    }
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
    const children = new Int32Array(this.#inOrder.length);
    const filled = starts.slice();
    for (const path of this.#inOrder) {
      const parent = this.#paths.parentOf(path);
      children[filled[parent] ?? 0] = path;
      filled[parent] = (filled[parent] ?? 0) + 1;
    }
    // From the end: parents before children, siblings backwards.
    const sorted = new Int32Array(this.#inOrder.length);
    let at = sorted.length;
    const waiting: number[] = [ROOT];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (path !== ROOT) sorted[--at] = path;
      const below = children.subarray(starts[path], starts[path + 1]);
      for (const child of below.sort((a, b) => this.#paths.compareNames(a, b))) waiting.push(child);
    }
    return sorted;
  }

  #addStored({ nameStart, nameLength, size, isDirectory }: StoredEntry, names: Uint8Array): void {
    let path: number = ROOT;
    for (const part of cleanParts(names.subarray(nameStart, nameStart + nameLength))) {
      if (path !== NONE) path = this.#add(path, part);
    }
    this.#set(path, size, isDirectory);
  }

  #set(path: number, size: number, isDirectory: boolean): void {
    this.#bytes += size;
    if (path === NONE || path === ROOT) return;
    this.#size.values[path] = size;
    this.#isDirectory.values[path] = isDirectory ? 1 : 0;
  }

  #addEntry(directory: number, type: number, name: Uint8Array, isDevice: boolean): number {
    if (type === Kind.opaque) return this.#add(directory, OPAQUE);
    // A whiteout of an overlay file system has the name of what it hides; dive takes it for a device.
    if (type === Kind.whiteout && !isDevice) return this.#add(directory, Buffer.concat([WHITEOUT, name]));
    return name.length === 0 ? ROOT : this.#add(directory, name);
  }

  #add(parent: number, name: Uint8Array): number {
    const path = this.#paths.child(parent, name);
    if (path === NONE) return NONE;
    this.#ensure(this.#paths.count);
    if (this.#inTree.values[path] === this.#number) return path;
    this.#inTree.values[path] = this.#number;
    this.#hasChildren.values[parent] = this.#number;
    this.#size.values[path] = 0;
    this.#isDirectory.values[path] = 0;
    this.#inOrder.push(path);
    if (this.#paths.isWhiteout(path)) this.#hasWhiteouts = true;
    return path;
  }
}
