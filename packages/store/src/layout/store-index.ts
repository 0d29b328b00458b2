import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '@layers/core/io';
import {
  MANIFEST_FIELDS,
  MAX_JSON_BYTES,
  OCI_INDEX,
  parseIndex,
  parseJson,
  withFieldNames,
} from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import { isJsonObject } from '../json-value.js';
import { namedEntries } from './entry-names.js';
import type { IndexEntry } from './index-entry.js';
import { type EntryProblem, readEntries } from './read-entries.js';
import { readRegularFile } from './regular-file.js';
import type { Store } from './store.js';
import { storeError } from './store-error.js';

/** `index.json` of a store (OCI image-layout.md, image-index.md). */
export interface StoreIndex {
  readonly entries: readonly IndexEntry[];
  /** Items that are not descriptors and have no digest, as JSON. They are written back unchanged. */
  readonly invalid: readonly unknown[];
  /** What is wrong with items, also with those in `entries`. */
  readonly problems: readonly EntryProblem[];
  /** The other fields of the document. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** Identifies this version of the file; null if it does not exist. */
  readonly identity: string | null;
  /** The size of the file in bytes. */
  readonly sizeBytes: number;
}

export const INDEX_FILE = 'index.json';

const EMPTY: StoreIndex = {
  entries: [],
  invalid: [],
  problems: [],
  rest: { schemaVersion: 2, mediaType: OCI_INDEX },
  identity: null,
  sizeBytes: 0,
};

/** How long a tool that writes the file in place, as skopeo does, may take. */
const REWRITE_MS = 500;
const RETRY_MS = 20;

/** Reads the index of a store. An empty or missing directory has an empty index. Throws ERR_LAYERS_STORE. */
export function readStoreIndex(store: Store): StoreIndex {
  for (;;) {
    try {
      return readOnce(store);
    } catch (error) {
      if (!isLayersError(error) || !isLayersError(error.cause) || !isBeingWritten(store)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

function isBeingWritten({ path }: Store): boolean {
  const stat = lstatSync(join(path, INDEX_FILE), { throwIfNoEntry: false });
  return stat !== undefined && Math.abs(Date.now() - stat.mtimeMs) < REWRITE_MS;
}

function readOnce(store: Store): StoreIndex {
  const { path: root } = store;
  const path = join(root, INDEX_FILE);
  const identity = indexIdentity(root);
  if (identity === null) {
    if (!isLayout(root)) return EMPTY;
    // Another process may have created the store in the meantime.
    if (indexIdentity(root) !== null) return readOnce(store);
    throw storeError(path, 'is missing', REPAIR_HINT);
  }
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(path, MAX_JSON_BYTES);
  } catch (cause) {
    const problem = PROBLEMS.get(systemCode(cause)) ?? 'cannot be read';
    throw storeError(path, problem, REPAIR_HINT, cause);
  }
  try {
    return { ...parseStoreIndex(bytes), identity };
  } catch (cause) {
    const reason = isLayersError(cause) ? `: ${cause.message}` : '';
    throw storeError(path, `is damaged${reason}`, REPAIR_HINT, cause);
  }
}

/** O_NOFOLLOW reports a symlink as ELOOP. The store replaces its index, which would leave the target behind. */
const PROBLEMS: ReadonlyMap<string | undefined, string> = new Map([
  ['EFBIG', 'is too large for an index'],
  ['ELOOP', 'is a symlink, which a store does not follow'],
]);

/** What a user can do about an index that cannot be read. */
export const REPAIR_HINT = 'checkStore with the option repair makes a new index';

/** Whether the directory is a layout, or has blobs: an index must not be taken for empty only because it is missing. */
function isLayout(root: string): boolean {
  if (lstatSync(join(root, 'oci-layout'), { throwIfNoEntry: false }) !== undefined) return true;
  return hasBlobs(root);
}

/** Whether a directory has a `blobs` directory with a file in one of its directories. */
export function hasBlobs(root: string): boolean {
  const directory = join(root, 'blobs');
  return namesIn(directory).some((algorithm) => namesIn(join(directory, algorithm)).length > 0);
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Parses an index. Keeps items that are not valid descriptors. Throws ERR_LAYERS_JSON and ERR_LAYERS_INDEX. */
export function parseStoreIndex(bytes: Uint8Array): Omit<StoreIndex, 'identity'> {
  const json = withFieldNames(parseJson(bytes, INDEX_FILE), MANIFEST_FIELDS);
  const { manifests: list, ...rest } = isJsonObject(json) ? json : {};
  // Refuses what is no index, and what is a manifest too (CVE-2021-41190).
  parseIndex(isJsonObject(json) ? { ...rest, manifests: [] } : json, INDEX_FILE);
  // Another tool writes at least an empty list. Without one, all images would count as removed.
  if (!Array.isArray(list)) throw noList();
  const { entries, invalid, problems } = readEntries(list);
  return { entries: namedEntries(entries), invalid, problems, rest, sizeBytes: bytes.length };
}

function noList(): LayersError {
  return new LayersError('ERR_LAYERS_INDEX', `${INDEX_FILE}: manifests is not a list`, { file: INDEX_FILE });
}

/** Throws ERR_LAYERS_STORE if the index has items whose digest is not known, so that any blob may belong to them. */
export function assertComplete({ path }: Store, { invalid }: StoreIndex): void {
  if (invalid.length === 0) return;
  throw storeError(
    join(path, INDEX_FILE),
    `is damaged: ${invalid.length} of its entries have no digest`,
    REPAIR_HINT,
  );
}

/** Identifies a version of the index file; null if it does not exist. */
export function indexIdentity(root: string): string | null {
  const stat = lstatSync(join(root, INDEX_FILE), { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? null : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}

/** Returns the JSON document of an index. */
export function indexDocument({
  entries,
  invalid,
  rest,
}: Pick<StoreIndex, 'entries' | 'invalid' | 'rest'>): object {
  return { ...rest, manifests: [...entries.map(({ raw }) => raw), ...invalid] };
}
