import { splitPath } from './path.js';

const DIRECTORY = '.wh..wh.plnk';

/**
 * The files in `.wh..wh.plnk`, where AUFS stores the content of hard links. Docker finds them by the last part of the
 * name.
 */
export class AufsLinks {
  readonly #byName = new Map<string, number>();
  readonly #entries: number[] = [];
  readonly #parts: number[] = [];

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Adds the entry of a file whose path has these parts. Returns false for a file in another directory. */
  add(entry: number, path: Uint8Array, parts: readonly number[], depth: number): boolean {
    const name = nameIn(path, parts, depth);
    if (name === null) return false;
    this.#byName.set(name, entry);
    this.#entries.push(entry);
    return true;
  }

  /** Returns the entry that the target of a hard link names, or null. The last entry of a name counts. */
  find(target: Uint8Array): number | null {
    const depth = splitPath(target, this.#parts);
    const name = typeof depth === 'string' ? null : nameIn(target, this.#parts, depth);
    return name === null ? null : (this.#byName.get(name) ?? null);
  }

  /** All added entries, including those that a later one of the same name replaces. */
  entries(): Iterable<number> {
    return this.#entries;
  }
}

function nameIn(path: Uint8Array, parts: readonly number[], depth: number): string | null {
  if (depth < 2 || textAt(path, parts, 0) !== DIRECTORY) return null;
  return textAt(path, parts, depth - 1);
}

function textAt(path: Uint8Array, parts: readonly number[], part: number): string {
  return Buffer.from(path.subarray(parts[part * 2] ?? 0, parts[part * 2 + 1] ?? 0)).toString('latin1');
}
