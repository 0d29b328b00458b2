import { bytesColumn, DirectoryTable, growTogether, indexColumn, NONE, ROOT } from '@layers/core/rootfs';

const WHITEOUT = Buffer.from('.wh.');
const REFUSED = Buffer.from('.wh..wh..');

const DOT = 0x2e;

/** The paths of all layers as dive names them: whiteouts are paths too, under their own names. Each is stored once. */
export class TreePaths {
  readonly #table = new DirectoryTable();
  readonly #firstChild = indexColumn();
  readonly #nextSibling = indexColumn();
  /** What a whiteout hides; its own index for any other path. */
  readonly #hidden = indexColumn();
  readonly #isWhiteout = bytesColumn();
  /** The path without `..` at its start; ROOT for `..` itself. */
  readonly #withoutUp = indexColumn();
  readonly #ensure = growTogether([
    this.#firstChild,
    this.#nextSibling,
    this.#hidden,
    this.#isWhiteout,
    this.#withoutUp,
  ]);
  #linked = 1;

  get count(): number {
    return this.#linked;
  }

  /** Returns the index of a child, or NONE where its name is one that dive leaves out of its trees. */
  child(parent: number, name: Uint8Array): number {
    if (startsWith(name, REFUSED)) return NONE;
    const path = this.#intern(parent, name);
    if (this.#hidden.values[path] !== 0) return path;
    const above = this.#withoutUp.values[parent] ?? ROOT;
    const withoutUp = isUp(name) ? ROOT : above === parent ? path : this.child(above, name);
    this.#withoutUp.values[path] = withoutUp;
    if (!startsWith(name, WHITEOUT)) this.#hidden.values[path] = path;
    else {
      this.#isWhiteout.values[path] = 1;
      // dive deletes the directory of a whiteout without a name.
      const hidden =
        name.length === WHITEOUT.length ? parent : this.#intern(parent, name.subarray(WHITEOUT.length));
      this.#hidden.values[path] = hidden === ROOT ? NONE : hidden;
    }
    return path;
  }

  /** Returns the path to which dive adds a path when it puts a layer on others, or ROOT. */
  stackedAs(path: number): number {
    return this.#withoutUp.values[path] ?? ROOT;
  }

  parentOf(path: number): number {
    return this.#table.parentOf(path);
  }

  /** Compares the names of two paths by their bytes. */
  compareNames(a: number, b: number): number {
    return Buffer.compare(this.#table.nameOf(a), this.#table.nameOf(b));
  }

  isWhiteout(path: number): boolean {
    return this.#isWhiteout.values[path] === 1;
  }

  /** Returns the path that a whiteout hides: ROOT or NONE for the root, which nothing hides. */
  hiddenBy(whiteout: number): number {
    return this.#hidden.values[whiteout] ?? NONE;
  }

  /** Returns the path under which dive counts a leaf of a tree. */
  countedAs(path: number): number {
    // A whiteout without a name counts as a path of its own.
    const isNameless = this.#table.nameOf(path).length === WHITEOUT.length;
    return this.isWhiteout(path) && !isNameless ? this.hiddenBy(path) : path;
  }

  /** Yields the children of a path, in any order. */
  *childrenOf(path: number): Generator<number> {
    for (let at = this.#firstChild.values[path] ?? 0; at !== 0; at = this.#nextSibling.values[at] ?? 0)
      yield at;
  }

  #intern(parent: number, name: Uint8Array): number {
    const path = this.#table.child(parent, name, 0, name.length);
    if (path < this.#linked) return path;
    this.#linked = path + 1;
    this.#ensure(this.#linked);
    this.#nextSibling.values[path] = this.#firstChild.values[parent] ?? 0;
    this.#firstChild.values[parent] = path;
    return path;
  }
}

function isUp(name: Uint8Array): boolean {
  return name.length === 2 && name[0] === DOT && name[1] === DOT;
}

function startsWith(name: Uint8Array, prefix: Uint8Array): boolean {
  return name.length >= prefix.length && prefix.every((byte, i) => name[i] === byte);
}
