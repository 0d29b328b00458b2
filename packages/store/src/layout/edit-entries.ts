import type { Digest } from '@layers/core/digest';
import { type EntryName, withName, withoutName } from './entry-names.js';
import type { IndexEntry } from './index-entry.js';

/** The entries of an index after an edit. */
export interface EditedEntries {
  /** The same array if nothing changes. */
  readonly entries: readonly IndexEntry[];
  /** The digests that lost the name, each once. */
  readonly displaced: readonly Digest[];
}

/** Adds a name to the entry's digest, and removes it from other digests. Pure. */
export function nameEntry(entries: readonly IndexEntry[], entry: IndexEntry, name: EntryName): EditedEntries {
  const { digest } = entry.descriptor;
  const others = entries.filter((other) => other.name === name.shown && other.descriptor.digest !== digest);
  const cleared = others.length === 0 ? entries : removeNames(entries, new Set(others));
  const displaced = [...new Set(others.map((other) => other.descriptor.digest))];
  const existing = cleared.filter((other) => other.descriptor.digest === digest);
  if (existing.some((other) => other.name === name.shown)) return { entries: cleared, displaced };
  const nameless = existing.find((other) => other.name === null);
  if (nameless === undefined) return { entries: [...cleared, withName(entry, name)], displaced };
  return { entries: cleared.map((other) => (other === nameless ? withName(other, name) : other)), displaced };
}

/** Adds the entry without a name, unless the index has its digest. Pure. */
export function addEntry(entries: readonly IndexEntry[], entry: IndexEntry): readonly IndexEntry[] {
  const { digest } = entry.descriptor;
  return entries.some(({ descriptor }) => descriptor.digest === digest)
    ? entries
    : [...entries, withoutName(entry)];
}

/**
 * Removes the names of some entries. Drops an entry whose digest another entry has too: without a name it would have no
 * meaning. Pure.
 */
function removeNames(entries: readonly IndexEntry[], chosen: ReadonlySet<IndexEntry>): readonly IndexEntry[] {
  const kept = new Set(entries.flatMap((entry) => (chosen.has(entry) ? [] : [entry.descriptor.digest])));
  return entries.flatMap((entry) => {
    if (!chosen.has(entry)) return [entry];
    const { digest } = entry.descriptor;
    if (kept.has(digest)) return [];
    kept.add(digest);
    return [withoutName(entry)];
  });
}
