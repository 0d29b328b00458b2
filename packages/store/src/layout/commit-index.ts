import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeNewFile, writing } from '@layers/core/io';
import { isLayersError, LayersError } from '@layers/errors';
import { jsonBytes } from '@layers/rewrite/archive';
import { syncDirectory } from './directories.js';
import type { IndexEntry } from './index-entry.js';
import type { Store } from './store.js';
import {
  INDEX_FILE,
  indexDocument,
  indexIdentity,
  parseStoreIndex,
  readStoreIndex,
  type StoreIndex,
} from './store-index.js';

/** Limits the retries if another tool, which does not use the lock, writes the index in the meantime. */
const ATTEMPTS = 20;

/**
 * Reads the index, applies a change, and replaces the file atomically, by way of a file in `directory`. The caller holds the store's lock. Writes nothing
 * if `change` returns the same array of entries. Throws ERR_LAYERS_STORE, ERR_LAYERS_LIMIT and
 * ERR_LAYERS_WRITE_OUTPUT.
 */
export async function commitIndex<T extends { readonly entries: readonly IndexEntry[] }>(
  store: Store,
  { directory }: { readonly directory: string },
  change: (index: StoreIndex) => T,
): Promise<T> {
  const path = join(store.path, INDEX_FILE);
  const temporary = join(directory, INDEX_FILE);
  for (let attempt = 1; ; attempt++) {
    const index = readStoreIndex(store);
    const changed = change(index);
    if (changed.entries === index.entries) return changed;
    const bytes = jsonBytes(indexDocument({ ...index, entries: changed.entries }));
    assertWritable(store, bytes, index);
    await writeTemporary(temporary, path, bytes);
    if (attempt < ATTEMPTS && indexIdentity(store.path) !== index.identity) continue;
    await publish(store, temporary);
    return changed;
  }
}

/** Replaces an index, also one that cannot be read. The caller holds the store's lock. Throws as `commitIndex` does. */
export async function replaceIndex(
  store: Store,
  { directory }: { readonly directory: string },
  index: Pick<StoreIndex, 'entries' | 'invalid' | 'rest'>,
): Promise<void> {
  const temporary = join(directory, INDEX_FILE);
  const bytes = jsonBytes(indexDocument(index));
  assertWritable(store, bytes, { sizeBytes: 0 });
  await writeTemporary(temporary, join(store.path, INDEX_FILE), bytes);
  await publish(store, temporary);
}

async function publish(store: Store, temporary: string): Promise<void> {
  const path = join(store.path, INDEX_FILE);
  writing(path, () => renameSync(temporary, path));
  await syncDirectory(store.path);
}

/** Below the limit for reading, so that the entries of a full index can still be changed. */
export const MAX_INDEX_BYTES = 16 * 1024 * 1024;

/** Throws ERR_LAYERS_LIMIT for an index that could not be read again, and for one that grows over the limit. */
function assertWritable(
  { path }: Store,
  bytes: Uint8Array,
  { sizeBytes }: Pick<StoreIndex, 'sizeBytes'>,
): void {
  const isTooLarge = bytes.length > MAX_INDEX_BYTES && bytes.length > sizeBytes;
  const problem = isTooLarge
    ? `${bytes.length} bytes; the limit is ${MAX_INDEX_BYTES}`
    : unreadableBecause(bytes);
  if (problem === null) return;
  throw new LayersError('ERR_LAYERS_LIMIT', `the index of the store would be too large: ${problem}`, {
    archive: path,
    hint: 'use fewer or shorter tags, or remove images of the store first',
  });
}

function unreadableBecause(bytes: Uint8Array): string | null {
  try {
    parseStoreIndex(bytes);
    return null;
  } catch (error) {
    if (isLayersError(error)) return error.message;
    throw error;
  }
}

async function writeTemporary(temporary: string, name: string, bytes: Uint8Array): Promise<void> {
  writing(temporary, () => rmSync(temporary, { force: true }));
  await writeNewFile(temporary, { name, mode: 0o644, sync: true }, ({ write }) => write(bytes));
}
