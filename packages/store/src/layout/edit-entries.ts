import type { Digest } from '@layers/core/digest';
import { type EntryName, withName, withoutName } from './entry-names.js';
import type { IndexEntry } from './index-entry.js';

/** Edits the entries of an index. The time of a change does not depend on the number of entries. */
export class EntryEditor {
  readonly #original: readonly IndexEntry[];
  /** By position; undefined where an entry was removed. */
  readonly #entries: (IndexEntry | undefined)[];
  /** The positions of entries: of each name, of each digest, and of those without a name. */
  readonly #byName = new Map<string, Set<number>>();
  readonly #byDigest = new Map<Digest, Set<number>>();
  readonly #nameless = new Map<Digest, Set<number>>();
  #changes = 0;

  constructor(entries: readonly IndexEntry[]) {
    this.#original = entries;
    this.#entries = [...entries];
    for (const [position, entry] of entries.entries()) this.#record(position, entry);
  }

  /** Grows with each change. */
  get changes(): number {
    return this.#changes;
  }

  /** Returns the entries; the same array as before if nothing has changed. */
  entries(): readonly IndexEntry[] {
    if (this.#changes === 0) return this.#original;
    return this.#entries.filter((entry) => entry !== undefined);
  }

  /** Adds a name to the entry's digest. Removes it from other digests, and returns these, each once. */
  name(entry: IndexEntry, name: EntryName): readonly Digest[] {
    const { digest } = entry.descriptor;
    const displaced = this.#clearName(name.shown, digest);
    if (sizeIn(this.#byName, name.shown) > 0) return displaced;
    const [nameless] = this.#nameless.get(digest) ?? [];
    const unnamed = nameless === undefined ? undefined : this.#entries[nameless];
    this.#put(nameless ?? this.#entries.length, withName(unnamed ?? entry, name));
    return displaced;
  }

  /** Adds the entry without a name, unless the index has its digest. */
  add(entry: IndexEntry): void {
    if (sizeIn(this.#byDigest, entry.descriptor.digest) > 0) return;
    this.#put(this.#entries.length, withoutName(entry));
  }

  /** Removes the entries of a digest that have no name. */
  removeNameless(digest: Digest): void {
    for (const position of [...(this.#nameless.get(digest) ?? [])]) this.#put(position, undefined);
  }

  /** Without a name, an entry has no meaning if another one has its digest. */
  #clearName(name: string, kept: Digest): readonly Digest[] {
    const displaced = new Set<Digest>();
    for (const position of [...(this.#byName.get(name) ?? [])]) {
      const entry = this.#entries[position];
      if (entry === undefined || entry.descriptor.digest === kept) continue;
      const { digest } = entry.descriptor;
      displaced.add(digest);
      this.#put(position, sizeIn(this.#byDigest, digest) === 1 ? withoutName(entry) : undefined);
    }
    return [...displaced];
  }

  #put(position: number, entry: IndexEntry | undefined): void {
    const before = this.#entries[position];
    if (before !== undefined) {
      const { digest } = before.descriptor;
      this.#byDigest.get(digest)?.delete(position);
      this.#nameless.get(digest)?.delete(position);
      if (before.name !== null) this.#byName.get(before.name)?.delete(position);
    }
    this.#entries[position] = entry;
    if (entry !== undefined) this.#record(position, entry);
    this.#changes++;
  }

  #record(position: number, { name, descriptor: { digest } }: IndexEntry): void {
    addTo(this.#byDigest, digest, position);
    if (name === null) addTo(this.#nameless, digest, position);
    else addTo(this.#byName, name, position);
  }
}

function sizeIn<Key>(map: ReadonlyMap<Key, ReadonlySet<number>>, key: Key): number {
  return map.get(key)?.size ?? 0;
}

function addTo<Key>(map: Map<Key, Set<number>>, key: Key, position: number): void {
  const positions = map.get(key);
  if (positions === undefined) map.set(key, new Set([position]));
  else positions.add(position);
}
