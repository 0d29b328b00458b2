import { randomBytes } from 'node:crypto';
import { bytesColumn, growTogether, indexColumn, shortsColumn, wordsColumn } from './columns.js';
import { nameHash, sameBytes } from './name-hash.js';

/** The directories that the names of a layer mention, each kept once, and the pool of all its name bytes. */
export interface DirectoryTable {
  readonly count: number;
  /** Bytes in the pool of names. */
  readonly bytes: number;
  /** Index of the directory that the first `depth` parts of `path` name (parts as `splitPath` gives them). */
  idOf(path: Uint8Array, parts: readonly number[], depth: number): number;
  /** Copies bytes into the pool; returns where they start. */
  keep(bytes: Uint8Array, start: number, end: number): number;
  finish(): {
    dirParent: Int32Array;
    dirNameStart: Uint32Array;
    dirNameLength: Uint16Array;
    names: Uint8Array;
  };
}

export function createDirectoryTable(): DirectoryTable {
  // A seed of its own, so that nobody can choose names that fall on one slot.
  const seed = randomBytes(4).readInt32LE(0);
  const parent = indexColumn();
  const start = wordsColumn();
  const length = shortsColumn();
  const hash = indexColumn();
  const ensure = growTogether([parent, start, length, hash]);
  const names = bytesColumn(4096);
  let slots = new Int32Array(64);
  let count = 1;
  let used = 0;
  // Members of one directory follow each other: the last prefix answers most questions.
  const lastPrefix = new Uint8Array(4096);
  let lastLength = 0;
  let lastId = 0;

  const keep = (bytes: Uint8Array, from: number, to: number): number => {
    names.ensure(used + to - from);
    names.values.set(bytes.subarray(from, to), used);
    used += to - from;
    return used - (to - from);
  };

  const grow = (): void => {
    slots = new Int32Array(slots.length * 2);
    for (let id = 1; id < count; id++) {
      let slot = (hash.values[id] ?? 0) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = id;
    }
  };

  const child = (of: number, path: Uint8Array, from: number, to: number): number => {
    const key = nameHash(seed, of, path, from, to);
    let slot = key & (slots.length - 1);
    for (;;) {
      const id = slots[slot] ?? 0;
      if (id === 0) break;
      const same =
        hash.values[id] === key &&
        parent.values[id] === of &&
        length.values[id] === to - from &&
        sameBytes(names.values, start.values[id] ?? 0, path, from, to - from);
      if (same) return id;
      slot = (slot + 1) & (slots.length - 1);
    }
    const id = count++;
    ensure(count);
    parent.values[id] = of;
    start.values[id] = keep(path, from, to);
    length.values[id] = to - from;
    hash.values[id] = key;
    slots[slot] = id;
    if (count * 2 > slots.length) grow();
    return id;
  };

  return {
    get count() {
      return count;
    },
    get bytes() {
      return used;
    },
    keep,
    idOf(path, parts, depth) {
      const prefix = parts[depth * 2] ?? 0;
      if (prefix === lastLength && sameBytes(lastPrefix, 0, path, 0, prefix)) return lastId;
      let id = 0;
      for (let i = 0; i < depth; i++) id = child(id, path, parts[i * 2] ?? 0, parts[i * 2 + 1] ?? 0);
      lastPrefix.set(path.subarray(0, prefix));
      lastLength = prefix;
      lastId = id;
      return id;
    },
    finish: () => ({
      dirParent: parent.trimmed(count),
      dirNameStart: start.trimmed(count),
      dirNameLength: length.trimmed(count),
      names: names.trimmed(used),
    }),
  };
}
