import { randomSeed } from '#core/io/random.js';
import { bytesColumn, growTogether, indexColumn, shortsColumn, wordsColumn } from './columns.js';
import { nameHash, sameBytes } from './name-hash.js';
import { MAX_PATH_BYTES } from './path.js';

const SLASH = 0x2f;

/** The directories that the names of a layer mention, each stored once, and the pool of all name bytes. */
export class DirectoryTable {
  /** Random, so that nobody can choose names that share a slot. */
  readonly #seed = randomSeed();
  readonly #parent = indexColumn();
  readonly #start = wordsColumn();
  readonly #length = shortsColumn();
  readonly #hash = indexColumn();
  readonly #ensure = growTogether([this.#parent, this.#start, this.#length, this.#hash]);
  readonly #names = bytesColumn(4096);
  #slots = new Int32Array(64);
  #count = 1;
  #bytes = 0;
  /** The directory that was looked up last: most entries follow another one of their directory. */
  readonly #lastPrefix = new Uint8Array(MAX_PATH_BYTES + 1);
  #lastLength = 0;
  #lastId = 0;

  get count(): number {
    return this.#count;
  }

  /** Bytes in the pool of names. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns the index of the directory that the first `depth` parts of `path` name; see `splitPath`. */
  idOf(path: Uint8Array, parts: readonly number[], depth: number): number {
    const prefix = parts[depth * 2] ?? 0;
    if (prefix === this.#lastLength && sameBytes(this.#lastPrefix, 0, path, 0, prefix)) return this.#lastId;
    let id = 0;
    for (let i = 0; i < depth; i++) id = this.child(id, path, parts[i * 2] ?? 0, parts[i * 2 + 1] ?? 0);
    this.#lastPrefix.set(path.subarray(0, prefix));
    this.#lastLength = prefix;
    this.#lastId = id;
    return id;
  }

  /** Returns the index of the directory that the bytes `start` to `end` name: ordinary names, each with a slash after it. */
  idOfPrefix(path: Uint8Array, start: number, end: number): number {
    let id = 0;
    let from = start;
    for (let i = start; i < end; i++) {
      if (path[i] !== SLASH) continue;
      id = this.child(id, path, from, i);
      from = i + 1;
    }
    return id;
  }

  /** Returns the index of the directory that the first `depth` parts of `path` name, or -1. */
  find(path: Uint8Array, parts: readonly number[], depth: number): number {
    let id = 0;
    for (let i = 0; i < depth && id !== -1; i++) {
      const start = parts[i * 2] ?? 0;
      const end = parts[i * 2 + 1] ?? 0;
      id = this.#slots[this.#slotOf(id, path, start, end)] || -1;
    }
    return id;
  }

  /** Returns the index of the child whose name is the bytes `start` to `end`; adds it where it is new. */
  child(parent: number, path: Uint8Array, start: number, end: number): number {
    const slot = this.#slotOf(parent, path, start, end);
    const found = this.#slots[slot] ?? 0;
    if (found !== 0) return found;
    const id = this.#count++;
    this.#ensure(this.#count);
    this.#parent.values[id] = parent;
    this.#start.values[id] = this.keep(path, start, end);
    this.#length.values[id] = end - start;
    this.#hash.values[id] = nameHash(this.#seed, parent, path, start, end);
    this.#slots[slot] = id;
    if (this.#count * 2 > this.#slots.length) this.#growSlots();
    return id;
  }

  /** Returns the index of the directory that contains a directory. */
  parentOf(directory: number): number {
    return this.#parent.values[directory] ?? 0;
  }

  /** Returns the name of a directory; valid until the next call of `keep`, `child` or `idOf`. */
  nameOf(directory: number): Uint8Array {
    const start = this.#start.values[directory] ?? 0;
    return this.slice(start, start + (this.#length.values[directory] ?? 0));
  }

  /**
   * Copies the bytes `start` to `end` into the pool; returns their position in it.
   *
   * @param likely how many bytes the pool is likely to have in the end
   */
  keep(bytes: Uint8Array, start: number, end: number, likely?: number): number {
    const position = this.#bytes;
    this.#bytes += end - start;
    this.#names.ensure(this.#bytes, likely);
    this.#names.values.set(bytes.subarray(start, end), position);
    return position;
  }

  /** Returns the bytes `start` to `end` of the pool; valid until the next call of `keep` or `idOf`. */
  slice(start: number, end: number): Uint8Array {
    return this.#names.values.subarray(start, end);
  }

  /** Returns the names of a directory and its parents, the deepest first. */
  partsOf(directory: number): Uint8Array[] {
    const parts: Uint8Array[] = [];
    for (let id = directory; id > 0; id = this.parentOf(id)) parts.push(this.nameOf(id));
    return parts;
  }

  /** Returns the columns of a `Changeset`. */
  finish(): {
    dirParent: Int32Array;
    dirNameStart: Uint32Array;
    dirNameLength: Uint16Array;
    names: Uint8Array;
  } {
    return {
      dirParent: this.#parent.trimmed(this.#count),
      dirNameStart: this.#start.trimmed(this.#count),
      dirNameLength: this.#length.trimmed(this.#count),
      names: this.#names.trimmed(this.#bytes),
    };
  }

  /** Returns the slot that has a directory, or the free one where it belongs. */
  #slotOf(parent: number, path: Uint8Array, start: number, end: number): number {
    const hash = nameHash(this.#seed, parent, path, start, end);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = slots[slot] ?? 0;
      if (id === 0) return slot;
      const isSame =
        this.#hash.values[id] === hash &&
        this.#parent.values[id] === parent &&
        this.#length.values[id] === end - start &&
        sameBytes(this.#names.values, this.#start.values[id] ?? 0, path, start, end - start);
      if (isSame) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 1; id < this.#count; id++) {
      let slot = (this.#hash.values[id] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}
