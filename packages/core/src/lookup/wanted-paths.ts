import { NONE } from '../rootfs/node-table.js';

/** A path that is wanted, or a directory above one. */
interface WantedPath {
  readonly parent: number;
  readonly children: Map<string, number>;
  /** Whether all names in it are wanted. */
  isListed: boolean;
  /** Whether all paths below it are wanted; they have no numbers. */
  isTree: boolean;
}

/** The number of the root in a `WantedPaths`. */
export const WANTED_ROOT = 0;

/** Paths of a root file system, with all directories above them, each under a number. */
export class WantedPaths {
  readonly #paths: WantedPath[] = [newPath(NONE)];

  /** Adds the path of names below a wanted path. Returns its number, or that of the tree which has it. */
  add(names: readonly Uint8Array[], from = WANTED_ROOT): number {
    let path = from;
    for (const name of names) {
      if (this.isTree(path)) break;
      path = this.find(path, name, 0, name.length) || this.#create(path, keyOf(name));
    }
    return path;
  }

  /** Adds the path of names, and everything below it. */
  addTree(names: readonly Uint8Array[]): void {
    const path = this.#paths[this.add(names)];
    if (path !== undefined) path.isTree = true;
  }

  isTree(path: number): boolean {
    return this.#paths[path]?.isTree === true;
  }

  /** Returns whether the path of names is below one that was added with everything below it. */
  isInTree(names: readonly Uint8Array[]): boolean {
    let path = WANTED_ROOT;
    for (const name of names) {
      if (this.isTree(path)) return true;
      path = this.find(path, name, 0, name.length);
      if (path === WANTED_ROOT) return false;
    }
    return false;
  }

  /** Adds all names in a wanted directory, which are not known yet. */
  list(path: number): void {
    const listed = this.#paths[path];
    if (listed !== undefined) listed.isListed = true;
  }

  get count(): number {
    return this.#paths.length;
  }

  parentOf(path: number): number {
    return this.#paths[path]?.parent ?? NONE;
  }

  /** Returns the number of a name in a wanted path, the bytes `start` to `end` of `names`; 0, the root, where it is not wanted. */
  find(parent: number, names: Uint8Array, start: number, end: number): number {
    const path = this.#paths[parent];
    if (path === undefined || (path.children.size === 0 && !path.isListed)) return 0;
    const key = keyOf(names.subarray(start, end));
    return path.children.get(key) ?? (path.isListed ? this.#create(parent, key) : 0);
  }

  #create(parent: number, key: string): number {
    const number = this.#paths.length;
    this.#paths.push(newPath(parent));
    this.#paths[parent]?.children.set(key, number);
    return number;
  }
}

function newPath(parent: number): WantedPath {
  return { parent, children: new Map(), isListed: false, isTree: false };
}

function keyOf(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1');
}
