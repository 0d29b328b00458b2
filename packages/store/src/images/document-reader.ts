import { computableAlgorithmOf, type Digest, digestOf, isDigest } from '@layers/core/digest';
import { readError } from '@layers/core/io';
import { MAX_JSON_BYTES, parseJson } from '@layers/core/oci';
import { isLayersError, type LayersError } from '@layers/errors';
import { blobPath, statOrNull } from '../blobs/blob-file.js';
import { isJsonObject } from '../json-value.js';
import { readRegularFile } from '../layout/regular-file.js';
import type { Store } from '../layout/store.js';
import { blobError } from '../layout/store-error.js';

/** A small blob of the store: its bytes have the digest that is its name, as far as that can be computed. */
export type StoredDocument =
  /** `json` is undefined for what is no JSON. */
  | { readonly state: 'read'; readonly bytes: Uint8Array; readonly json: unknown }
  | { readonly state: 'absent' }
  /** Larger than any document. */
  | { readonly state: 'large' }
  /** ERR_LAYERS_STORE_BLOB, or ERR_LAYERS_READ. */
  | { readonly state: 'bad'; readonly error: LayersError };

/** Reads documents, each once. */
export type DocumentReader = (digest: Digest) => StoredDocument;

/** What the documents that were read last may take together, in bytes: a store may have thousands of large ones. */
const KEPT_BYTES = 32 * 1024 * 1024;

export function createDocumentReader(store: Store): DocumentReader {
  const known = new Map<Digest, StoredDocument>();
  let kept = 0;
  return (digest) => {
    const document = known.get(digest) ?? readDocument(store, digest);
    if (!known.has(digest)) {
      kept += document.state === 'read' ? document.bytes.length : 0;
      if (kept > KEPT_BYTES) {
        known.clear();
        kept = 0;
      }
      known.set(digest, document);
    }
    return document;
  };
}

function readDocument(store: Store, digest: Digest): StoredDocument {
  const path = blobPath(store, digest);
  const stat = statOrNull(path);
  if (stat === null) return { state: 'absent' };
  if (!stat.isFile()) return { state: 'bad', error: blobError(store, digest, 'is no regular file') };
  if (stat.size > MAX_JSON_BYTES) return { state: 'large' };
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(path, MAX_JSON_BYTES);
  } catch (cause) {
    return { state: 'bad', error: readError(path, cause) };
  }
  const algorithm = computableAlgorithmOf(digest);
  if (algorithm !== null && digestOf(bytes, algorithm) !== digest) {
    return { state: 'bad', error: blobError(store, digest, 'is damaged: it has another digest') };
  }
  return { state: 'read', bytes, json: jsonOf(bytes, digest) };
}

function jsonOf(bytes: Uint8Array, digest: Digest): unknown {
  try {
    return parseJson(bytes, digest);
  } catch (error) {
    if (isLayersError(error)) return undefined;
    throw error;
  }
}

/** The id of the image that a manifest describes: the digest of its config. Null where it cannot be read. */
export function imageIdOf(documents: DocumentReader, manifestDigest: Digest): Digest | null {
  const document = documents(manifestDigest);
  if (document.state !== 'read' || !isJsonObject(document.json)) return null;
  const config = document.json['config'];
  const digest = isJsonObject(config) ? config['digest'] : undefined;
  return typeof digest === 'string' && isDigest(digest) ? digest : null;
}
