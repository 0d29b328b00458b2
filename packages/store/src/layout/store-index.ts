import { lstatSync } from 'node:fs';
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
import { isLayersError } from '@layers/errors';
import { isJsonObject } from '../json-value.js';
import { namedEntries } from './entry-names.js';
import type { IndexEntry } from './index-entry.js';
import { readRegularFile } from './regular-file.js';
import type { Store } from './store.js';
import { storeError } from './store-error.js';

/** `index.json` of a store (OCI image-layout.md, image-index.md). */
export interface StoreIndex {
  readonly entries: readonly IndexEntry[];
  /** The other fields of the document. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** Identifies this version of the file; null if it does not exist. */
  readonly identity: string | null;
}

export const INDEX_FILE = 'index.json';

const EMPTY: StoreIndex = { entries: [], rest: { schemaVersion: 2, mediaType: OCI_INDEX }, identity: null };

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

function readOnce({ path: root }: Store): StoreIndex {
  const path = join(root, INDEX_FILE);
  const hint = 'restore the file from a copy, or load the images into another directory';
  const identity = indexIdentity(root);
  if (identity === null) {
    if (lstatSync(join(root, 'oci-layout'), { throwIfNoEntry: false }) === undefined) return EMPTY;
    throw storeError(path, 'is missing', hint);
  }
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(path, MAX_JSON_BYTES);
  } catch (cause) {
    const problem = systemCode(cause) === 'EFBIG' ? 'is too large for an index' : 'cannot be read';
    throw storeError(path, problem, hint, cause);
  }
  try {
    const json = withFieldNames(parseJson(bytes, INDEX_FILE), MANIFEST_FIELDS);
    const { manifests } = parseIndex(json, INDEX_FILE);
    if (!isJsonObject(json)) return EMPTY;
    const { manifests: list, ...rest } = json;
    const raw = Array.isArray(list) ? list.filter(isJsonObject) : [];
    const described = manifests.map((descriptor, i) => ({ descriptor, raw: raw[i] ?? {} }));
    return { entries: namedEntries(described), rest, identity };
  } catch (cause) {
    const reason = isLayersError(cause) ? `: ${cause.message}` : '';
    throw storeError(path, `is damaged${reason}`, hint, cause);
  }
}

/** Identifies a version of the index file; null if it does not exist. */
export function indexIdentity(root: string): string | null {
  const stat = lstatSync(join(root, INDEX_FILE), { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? null : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}

/** Returns the JSON document of an index. */
export function indexDocument({ entries, rest }: Omit<StoreIndex, 'identity'>): object {
  return { ...rest, manifests: entries.map(({ raw }) => raw) };
}
