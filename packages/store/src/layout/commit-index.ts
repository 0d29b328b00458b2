import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeNewFile, writing } from '@layers/core/io';
import { jsonBytes } from '@layers/rewrite/archive';
import type { HeldLease } from '../lease/with-lease.js';
import { syncDirectory } from './directories.js';
import type { IndexEntry } from './index-entry.js';
import type { Store } from './store.js';
import { INDEX_FILE, indexDocument, indexIdentity, readStoreIndex, type StoreIndex } from './store-index.js';

/** Limits the retries if another tool, which does not use the lock, writes the index in the meantime. */
const ATTEMPTS = 20;

/**
 * Reads the index, applies a change, and replaces the file atomically. The caller holds the store's lock. Writes nothing
 * if `change` returns the same array of entries. Throws ERR_LAYERS_STORE and ERR_LAYERS_WRITE_OUTPUT.
 */
export async function commitIndex<T extends { readonly entries: readonly IndexEntry[] }>(
  store: Store,
  lease: HeldLease,
  change: (index: StoreIndex) => T,
): Promise<T> {
  const path = join(store.path, INDEX_FILE);
  const temporary = join(lease.directory, INDEX_FILE);
  for (let attempt = 1; ; attempt++) {
    const index = readStoreIndex(store);
    const changed = change(index);
    if (changed.entries === index.entries) return changed;
    await writeTemporary(temporary, path, jsonBytes(indexDocument({ ...index, entries: changed.entries })));
    if (attempt < ATTEMPTS && indexIdentity(store.path) !== index.identity) continue;
    writing(path, () => renameSync(temporary, path));
    await syncDirectory(store.path);
    return changed;
  }
}

async function writeTemporary(temporary: string, name: string, bytes: Uint8Array): Promise<void> {
  writing(temporary, () => rmSync(temporary, { force: true }));
  await writeNewFile(temporary, { name, mode: 0o644, sync: true }, ({ write }) => write(bytes));
}
