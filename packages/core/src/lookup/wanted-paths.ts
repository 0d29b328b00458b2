import { NONE } from '../rootfs/node-table.js';

/** A path that is wanted, or a directory above one. */
interface WantedPath {
  readonly parent: number;
  readonly children: Map<string, number>;
  /** Whether all names in it are wanted. */
  isListed: boolean;
}

/** The number of the root in a `WantedPaths`. */
export const WANTED_ROOT = 0;

/** Paths of a root file system, with all directories above them, each under a number. */
export class WantedPaths {
  readonly #paths: WantedPath[] = [{ parent: NONE, children: new Map(), isListed: false }];

  /** Adds the path of names below a wanted path. Returns its number. */
  add(names: readonly Uint8Array[], from = WANTED_ROOT): number {
    let path = from;
    for (const name of names) path = this.find(path, name, 0, name.length) || this.#create(path, keyOf(name));
    return path;
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
    this.#paths.push({ parent, children: new Map(), isListed: false });
    this.#paths[parent]?.children.set(key, number);
    return number;
  }
}

function keyOf(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1');
}
