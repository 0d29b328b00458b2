import type { Descriptor } from '@layers/core/oci';
import { type IndexEntry, newEntry } from '../layout/index-entry.js';
import type { Store } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { choosePlatform } from './choose-platform.js';
import { digestMatches, matchImages } from './find-image.js';
import { indexedImages } from './list-images.js';

/**
 * Returns what a name of the store stands for: the index of an image for several platforms, unless one is chosen, else a
 * manifest. Throws as `findImage` does.
 */
export function findDescriptor(store: Store, ref: string, platform?: string): Descriptor {
  return sourceEntry(store, readStoreIndex(store).entries, ref, platform).descriptor;
}

/** Returns the entry that `source` refers to: an index, if its name is given. */
export function sourceEntry(
  store: Store,
  entries: readonly IndexEntry[],
  source: string,
  platform: string | undefined,
): IndexEntry {
  const match = matchImages(indexedImages(store, { entries }), source);
  if (match.by === 'name' && platform === undefined) {
    const named = entries.filter((entry) => entry.name === match.name);
    const [only] = named;
    if (only !== undefined && named.length === 1) return only;
  }
  if (match.by === 'digest' && platform === undefined) {
    const matching = entries.find(({ descriptor }) => digestMatches(descriptor.digest, source));
    if (matching !== undefined) return matching;
  }
  const { descriptor, entries: own } = choosePlatform(match, source, platform);
  const direct = [...own].find((entry) => entry.descriptor.digest === descriptor.digest);
  return direct ?? newEntry(descriptor.mediaType, descriptor.digest, descriptor.size, descriptor.platform);
}
