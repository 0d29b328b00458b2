import { computableAlgorithmOf, type Digest, digestOf, isDigest } from '@layers/core/digest';
import { readError } from '@layers/core/io';
import { MANIFEST_FIELDS, MAX_JSON_BYTES, parseJson, withFieldNames } from '@layers/core/oci';
import { isLayersError, type LayersError } from '@layers/errors';
import { blobPath, statOrNull } from '../blobs/blob-file.js';
import { isJsonObject } from '../json-value.js';
import { readRegularFile } from '../layout/regular-file.js';
import type { Store } from '../layout/store.js';
import { blobError } from '../layout/store-error.js';

/** A document of the store. Its digest is verified if its algorithm is supported. */
export type StoredDocument =
  /** `json` is undefined if the bytes are not JSON. */
  | { readonly state: 'read'; readonly bytes: Uint8Array; readonly json: unknown }
  | { readonly state: 'absent' }
  /** Too large for a document. */
  | { readonly state: 'large' }
  /** ERR_LAYERS_STORE_BLOB or ERR_LAYERS_READ. */
  | { readonly state: 'bad'; readonly error: LayersError };

/** Reads a document, and caches it. */
export type DocumentReader = (digest: Digest) => StoredDocument;

/** The size of the cache in bytes. A store may have thousands of large documents. */
const CACHE_BYTES = 32 * 1024 * 1024;

export function createDocumentReader(store: Store): DocumentReader {
  const cache = new Map<Digest, StoredDocument>();
  let cachedBytes = 0;
  return (digest) => {
    const document = cache.get(digest) ?? readDocument(store, digest);
    if (!cache.has(digest)) {
      cachedBytes += document.state === 'read' ? document.bytes.length : 0;
      if (cachedBytes > CACHE_BYTES) {
        cache.clear();
        cachedBytes = 0;
      }
      cache.set(digest, document);
    }
    return document;
  };
}

function readDocument(store: Store, digest: Digest): StoredDocument {
  const path = blobPath(store, digest);
  const stat = statOrNull(path);
  if (stat === null) return { state: 'absent' };
  if (!stat.isFile()) return { state: 'bad', error: blobError(store, digest, 'is not a regular file') };
  if (stat.size > MAX_JSON_BYTES) return { state: 'large' };
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(path, MAX_JSON_BYTES);
  } catch (cause) {
    return { state: 'bad', error: readError(path, cause) };
  }
  const algorithm = computableAlgorithmOf(digest);
  if (algorithm !== null && digestOf(bytes, algorithm) !== digest) {
    return { state: 'bad', error: blobError(store, digest, 'is damaged: its bytes have another digest') };
  }
  return { state: 'read', bytes, json: jsonOrUndefined(bytes, digest) };
}

function jsonOrUndefined(bytes: Uint8Array, digest: Digest): unknown {
  try {
    return parseJson(bytes, digest);
  } catch (error) {
    if (isLayersError(error)) return undefined;
    throw error;
  }
}

/** Returns the id of a manifest's image: the digest of its config. Null if the manifest cannot be read. */
export function imageIdOf(documents: DocumentReader, manifestDigest: Digest): Digest | null {
  const document = documents(manifestDigest);
  const json = document.state === 'read' ? withFieldNames(document.json, MANIFEST_FIELDS) : null;
  const config = isJsonObject(json) ? json['config'] : undefined;
  const digest = isJsonObject(config) ? config['digest'] : undefined;
  return typeof digest === 'string' && isDigest(digest) ? digest : null;
}
