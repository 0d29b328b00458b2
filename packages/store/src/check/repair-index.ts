import { closeSync, copyFileSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { reading, writing } from '@layers/core/io';
import {
  checkJsonLimits,
  MANIFEST_FIELDS,
  MAX_JSON_BYTES,
  OCI_INDEX,
  OCI_MANIFEST,
  parseIndex,
  parseManifest,
  withFieldNames,
} from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import { blobSize } from '../blobs/blob-file.js';
import { listBlobs } from '../blobs/list-blobs.js';
import { createDocumentReader } from '../images/document-reader.js';
import { fieldOf, isJsonObject } from '../json-value.js';
import { MAX_INDEX_BYTES, replaceIndex } from '../layout/commit-index.js';
import { entryName, namedEntries, withName } from '../layout/entry-names.js';
import { type IndexEntry, newEntry } from '../layout/index-entry.js';
import { readEntries } from '../layout/read-entries.js';
import { readRegularFile } from '../layout/regular-file.js';
import type { Store } from '../layout/store.js';
import { INDEX_FILE, indexIdentity, readStoreIndex, type StoreIndex } from '../layout/store-index.js';
import type { HeldLease } from '../lease/with-lease.js';
import type { IndexRepair } from './check-report.js';

/** Entries in practice have at most a few hundred bytes. */
const MAX_ENTRY_BYTES = 64 * 1024;

/** An index that is too large for reading may still be parsed once. */
const MAX_DAMAGED_BYTES = 256 * 1024 * 1024;
const MAX_DAMAGED_VALUES = 4_000_000;

/** The copy of the damaged index, in `.layers`. */
const BACKUP = 'index.json.damaged';

/**
 * Makes a new index where the present one cannot be read, or has invalid or too large entries. The caller holds the store's
 * lock. Returns null if nothing is wrong. Throws ERR_LAYERS_WRITE_OUTPUT and ERR_LAYERS_READ.
 */
export async function repairIndex(store: Store, lease: HeldLease): Promise<IndexRepair | null> {
  const index = readOrNull(store);
  if (index !== null && index.problems.length === 0 && !index.entries.some(isTooLarge)) return null;
  const found = index === null ? damagedEntries(store) : index;
  const invalid = new Set(found?.problems.map(({ digest }) => digest));
  const candidates =
    found === null
      ? entriesOfBlobs(store)
      : found.entries.map((entry) => mended(store, entry, invalid.has(entry.descriptor.digest)));
  const entries = fitting(candidates.filter((entry) => entry !== null));
  const backup = backUp(store);
  const rest = index?.rest ?? { schemaVersion: 2, mediaType: OCI_INDEX };
  await replaceIndex(store, lease, { entries, invalid: [], rest });
  return {
    from: found === null ? 'blobs' : 'index',
    entries: entries.length,
    removed: candidates.length + (found?.invalid.length ?? 0) - entries.length,
    backup,
  };
}

function readOrNull(store: Store): StoreIndex | null {
  try {
    return readStoreIndex(store);
  } catch (error) {
    if (isLayersError(error)) return null;
    throw error;
  }
}

/** Whether an entry is larger than any in practice. */
export function isTooLarge({ raw }: IndexEntry): boolean {
  return JSON.stringify(raw).length > MAX_ENTRY_BYTES;
}

/** Returns the entries of an index that is too large, or whose other fields are invalid; null if it has no list. */
function damagedEntries({ path }: Store): Pick<StoreIndex, 'entries' | 'invalid' | 'problems'> | null {
  try {
    const bytes = readRegularFile(join(path, INDEX_FILE), MAX_DAMAGED_BYTES);
    checkJsonLimits(bytes, INDEX_FILE, MAX_DAMAGED_BYTES, MAX_DAMAGED_VALUES);
    const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const list = fieldOf(withFieldNames(json, MANIFEST_FIELDS), 'manifests');
    if (!Array.isArray(list)) return null;
    const read = readEntries(list);
    return { ...read, entries: namedEntries(read.entries) };
  } catch {
    // Not readable, or not JSON.
    return null;
  }
}

/** Returns the entry, if it is valid and not too large, else one with its digest, name and platform; null without its blob. */
function mended(store: Store, entry: IndexEntry, isInvalid: boolean): IndexEntry | null {
  if (!isInvalid && !isTooLarge(entry)) return entry;
  const { digest, mediaType, platform } = entry.descriptor;
  const size = blobSize(store, digest);
  if (size === null) return null;
  const short = mediaType === '' || mediaType.length > MAX_TYPE_LENGTH ? OCI_MANIFEST : mediaType;
  const name = entry.name === null ? null : entryName(entry.name);
  const bare = newEntry(short, digest, size, platform);
  return name === null || name.shown.length > MAX_NAME_LENGTH ? bare : withName(bare, name);
}

const MAX_TYPE_LENGTH = 255;
/** No name that docker accepts is longer. */
const MAX_NAME_LENGTH = 1024;

/** Returns entries for all manifests and indexes among the blobs that no other of them lists. They have no names. */
function entriesOfBlobs(store: Store): readonly IndexEntry[] {
  const documents = createDocumentReader(store);
  const entries: IndexEntry[] = [];
  const listed = new Set<Digest>();
  for (const { digest, path, sizeBytes } of listBlobs(store).blobs) {
    if (sizeBytes === null || sizeBytes > MAX_JSON_BYTES || !startsAsObject(path)) continue;
    const document = documents(digest);
    const json = document.state === 'read' ? withFieldNames(document.json, MANIFEST_FIELDS) : null;
    const found = isJsonObject(json) ? documentOf(json, digest) : null;
    if (found === null) continue;
    for (const inner of found.listed) listed.add(inner);
    entries.push(newEntry(found.mediaType, digest, sizeBytes, undefined));
  }
  return entries.filter(({ descriptor }) => !listed.has(descriptor.digest));
}

/** Layers are not read: their first byte is enough. */
function startsAsObject(path: string): boolean {
  const descriptor = reading(path, () => openSync(path, 'r'));
  try {
    const first = new Uint8Array(1);
    reading(path, () => readSync(descriptor, first, 0, 1, 0));
    return first[0] === 0x7b;
  } finally {
    closeSync(descriptor);
  }
}

/** Returns the media type of a manifest or index, and the digests that an index lists; null for other documents. */
function documentOf(
  json: Readonly<Record<string, unknown>>,
  digest: Digest,
): { readonly mediaType: string; readonly listed: readonly Digest[] } | null {
  const isList = Object.hasOwn(json, 'manifests');
  if (!isList && !(Object.hasOwn(json, 'config') && Object.hasOwn(json, 'layers'))) return null;
  try {
    if (isList) {
      const { mediaType = OCI_INDEX, manifests } = parseIndex(json, digest);
      return { mediaType, listed: manifests.map((descriptor) => descriptor.digest) };
    }
    return { mediaType: parseManifest(json, digest).mediaType ?? OCI_MANIFEST, listed: [] };
  } catch (error) {
    if (isLayersError(error)) return null;
    throw error;
  }
}

/** Returns entries that fit into an index: one of each digest first, then further names. */
function fitting(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  const seen = new Set<Digest>();
  const isFirst = entries.map(({ descriptor }) => {
    const isNew = !seen.has(descriptor.digest);
    seen.add(descriptor.digest);
    return isNew;
  });
  const kept = new Set<IndexEntry>();
  let bytes = 0;
  for (const first of [true, false]) {
    for (const [i, entry] of entries.entries()) {
      if (isFirst[i] !== first) continue;
      bytes += Buffer.byteLength(JSON.stringify(entry.raw)) + 1;
      if (bytes > REPAIRED_BYTES) return entries.filter((candidate) => kept.has(candidate));
      kept.add(entry);
    }
  }
  return entries;
}

/** Leaves room for further entries. */
const REPAIRED_BYTES = MAX_INDEX_BYTES / 2;

/** Copies the index, if there is one, and returns the path of the copy. */
function backUp({ path }: Store): string | null {
  if (indexIdentity(path) === null) return null;
  const backup = join(path, '.layers', BACKUP);
  writing(backup, () => {
    rmSync(backup, { force: true });
    copyFileSync(join(path, INDEX_FILE), backup);
  });
  return backup;
}
