import type { Digest } from '@layers/core/digest';
import { type EntryName, withName, withoutName } from './entry-names.js';
import type { IndexEntry } from './index-entry.js';

/** What became of the entries of an index. */
export interface EditedEntries {
  /** The very list that was given where nothing had to change. */
  readonly entries: readonly IndexEntry[];
  /** What lost the name, each digest once. */
  readonly displaced: readonly Digest[];
}

/** Gives a name to what `entry` describes, and takes it from whatever else has it. Pure. */
export function nameEntry(entries: readonly IndexEntry[], entry: IndexEntry, name: EntryName): EditedEntries {
  const { digest } = entry.descriptor;
  const others = entries.filter((other) => other.name === name.shown && other.descriptor.digest !== digest);
  const cleared = others.length === 0 ? entries : unnamed(entries, new Set(others));
  const displaced = [...new Set(others.map((other) => other.descriptor.digest))];
  const own = cleared.filter((other) => other.descriptor.digest === digest);
  if (own.some((other) => other.name === name.shown)) return { entries: cleared, displaced };
  const nameless = own.find((other) => other.name === null);
  if (nameless === undefined) return { entries: [...cleared, withName(entry, name)], displaced };
  return { entries: cleared.map((other) => (other === nameless ? withName(other, name) : other)), displaced };
}

/** Makes sure that the index has what `entry` describes, under whatever name. Pure. */
export function addEntry(entries: readonly IndexEntry[], entry: IndexEntry): readonly IndexEntry[] {
  const { digest } = entry.descriptor;
  return entries.some(({ descriptor }) => descriptor.digest === digest)
    ? entries
    : [...entries, withoutName(entry)];
}

/**
 * Takes the names from some entries. One whose digest another entry has as well goes altogether: a second one without a
 * name would say nothing. Pure.
 */
function unnamed(entries: readonly IndexEntry[], chosen: ReadonlySet<IndexEntry>): readonly IndexEntry[] {
  const kept = new Set(entries.flatMap((entry) => (chosen.has(entry) ? [] : [entry.descriptor.digest])));
  return entries.flatMap((entry) => {
    if (!chosen.has(entry)) return [entry];
    const { digest } = entry.descriptor;
    if (kept.has(digest)) return [];
    kept.add(digest);
    return [withoutName(entry)];
  });
}
