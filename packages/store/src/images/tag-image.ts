import { parseReference } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import { commitIndex } from '../layout/commit-index.js';
import { nameEntry } from '../layout/edit-entries.js';
import { entryName } from '../layout/entry-names.js';
import type { IndexEntry } from '../layout/index-entry.js';
import { newEntry } from '../layout/new-entry.js';
import type { Store, StoreOptions } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { withHeldLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import { choosePlatform } from './choose-platform.js';
import { digestMatches, matchImages } from './find-image.js';
import { indexedImages } from './list-images.js';

export interface TagOptions extends StoreOptions {
  /** Of an image for several platforms the one that is meant; all by default, where a name stands for them. */
  readonly platform?: string | undefined;
}

/**
 * Gives an image one more name, which another image loses that has it. What `source` means is as for `findImage`.
 *
 * Throws as `findImage` does, ERR_LAYERS_REFERENCE for a target that is no name, ERR_LAYERS_STORE_LOCKED and
 * ERR_LAYERS_WRITE_OUTPUT.
 */
export async function tagImage(
  store: Store,
  source: string,
  target: string,
  options: TagOptions = {},
): Promise<void> {
  if (parseReference(target).digest !== undefined) {
    throw new LayersError(
      'ERR_LAYERS_REFERENCE',
      `${JSON.stringify(target)} has a digest, which nobody can choose`,
      {
        hint: 'write [registry/]name[:tag], such as alpine:3.20',
      },
    );
  }
  // Without a colon or slash it would be a bare tag.
  const name = entryName(/[:/]/.test(target) ? target : `${target}:latest`);
  if (name === null) throw new LayersError('ERR_LAYERS_REFERENCE', `${JSON.stringify(target)} is no name`);
  const tagged = (entries: readonly IndexEntry[]) =>
    nameEntry(entries, sourceEntry(store, entries, source, options.platform), name);
  tagged(readStoreIndex(store).entries);
  await withHeldLease(store, (lease) =>
    withStoreLock(store, lease, options, () => commitIndex(store, lease, ({ entries }) => tagged(entries))),
  );
}

/** The entry that stands for what `source` means: also an index, where its name was given. */
function sourceEntry(
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
    const begun = entries.find(({ descriptor }) => digestMatches(descriptor.digest, source));
    if (begun !== undefined) return begun;
  }
  const { descriptor, entries: own } = choosePlatform(match, source, platform);
  const direct = [...own].find((entry) => entry.descriptor.digest === descriptor.digest);
  return direct ?? newEntry(descriptor.mediaType, descriptor.digest, descriptor.size, descriptor.platform);
}
