import { blobName, digestOfBlobName } from '@layers/core/image';
import { type ErrorCode, isLayersError } from '@layers/errors';
import type { Store } from '../layout/store.js';
import { blobError } from '../layout/store-error.js';

/** Errors that may occur while a blob is read and are not about the blob. */
const UNRELATED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_LAYERS_STORE_BLOB',
  'ERR_LAYERS_LIMIT',
  'ERR_LAYERS_INTERNAL',
  'ERR_LAYERS_WRITE_OUTPUT',
  'ERR_LAYERS_ENGINE_MISSING',
  'ERR_LAYERS_PATH_NOT_FOUND',
  'ERR_LAYERS_NOT_A_FILE',
]);

/**
 * Runs `work` on images of a store. An error about one of the store's blobs becomes ERR_LAYERS_STORE_BLOB, with the blob's
 * digest and path. Other errors stay unchanged.
 */
export async function withBlobErrors<T>(store: Store, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asBlobError(store, error);
  }
}

/** Returns an error about one of the store's blobs as ERR_LAYERS_STORE_BLOB; other errors unchanged. */
export function asBlobError(store: Store, error: unknown): unknown {
  if (!isLayersError(error) || UNRELATED.has(error.code)) return error;
  const name = blobNameIn(store, error.file) ?? blobNameIn(store, error.archive);
  const digest = name === null ? null : digestOfBlobName(name);
  return digest === null ? error : blobError(store, digest, `cannot be used: ${error.message}`, error);
}

/** Returns the name of a blob from its path in the layout or on disk; null for any other path. */
function blobNameIn({ path }: Store, place: string | undefined): string | null {
  if (place === undefined) return null;
  const name = place.startsWith(`${path}/`) ? place.slice(path.length + 1) : place;
  const digest = digestOfBlobName(name);
  return digest === null ? null : blobName(digest);
}
