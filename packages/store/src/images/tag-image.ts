import { parseReference } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import { commitIndex } from '../layout/commit-index.js';
import { EntryEditor } from '../layout/edit-entries.js';
import { entryName } from '../layout/entry-names.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store, StoreOptions } from '../layout/store.js';
import { readStoreIndex } from '../layout/store-index.js';
import { withHeldLease } from '../lease/with-lease.js';
import { withStoreLock } from '../lock/store-lock.js';
import { sourceEntry } from './source-entry.js';

/** Which platform to tag. */
export interface TagOptions extends StoreOptions {
  /** `os/arch[/variant]` of the image to tag. Default: all platforms that the source name stands for. */
  readonly platform?: string | undefined;
}

/**
 * Adds a name to an image, as `docker tag` does. Another image with that name loses it.
 *
 * @param source a name, id or digest, as for `findImage`
 * @param target the new name, whose default tag is `latest`
 * @throws LayersError the codes of `findImage`; ERR_LAYERS_REFERENCE for a target that is not a name;
 *   ERR_LAYERS_STORE_LOCKED if another process keeps the lock; ERR_LAYERS_WRITE_OUTPUT
 *
 * @example
 * ```ts
 * await tagImage(store, 'app:1.0', 'registry.example/app:latest');
 * ```
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
      `${JSON.stringify(target)} contains a digest, which a tag cannot set`,
      {
        hint: 'write [registry/]name[:tag], such as alpine:3.20',
      },
    );
  }
  // A text without colon and slash would be parsed as a tag alone.
  const name = entryName(/[:/]/.test(target) ? target : `${target}:latest`);
  if (name === null) throw new LayersError('ERR_LAYERS_REFERENCE', `${JSON.stringify(target)} is not a name`);
  const tagged = (entries: readonly IndexEntry[]) => {
    const editor = new EntryEditor(entries);
    editor.name(sourceEntry(store, entries, source, options.platform), name);
    return { entries: editor.entries() };
  };
  tagged(readStoreIndex(store).entries);
  await withHeldLease(store, (lease) =>
    withStoreLock(store, lease, options, () => commitIndex(store, lease, ({ entries }) => tagged(entries))),
  );
}
