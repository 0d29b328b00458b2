import { blobName, digestOfBlobName } from '@layers/core/image';
import { type ErrorCode, isLayersError } from '@layers/errors';
import type { Store } from '../layout/store.js';
import { blobError } from '../layout/store-error.js';

/** What is not wrong with a blob, though it may happen while one is used. */
const OTHERS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_LAYERS_STORE_BLOB',
  'ERR_LAYERS_LIMIT',
  'ERR_LAYERS_INTERNAL',
  'ERR_LAYERS_WRITE_OUTPUT',
  'ERR_LAYERS_ENGINE_MISSING',
  'ERR_LAYERS_PATH_NOT_FOUND',
  'ERR_LAYERS_NOT_A_FILE',
]);

/**
 * Does work with images of a store. What is wrong with one of its blobs then becomes ERR_LAYERS_STORE_BLOB, which names
 * digest and file; everything else stays as it is.
 */
export async function withBlobErrors<T>(store: Store, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw namedBlob(store, error);
  }
}

function namedBlob(store: Store, error: unknown): unknown {
  if (!isLayersError(error) || OTHERS.has(error.code)) return error;
  const name = blobNameIn(store, error.file) ?? blobNameIn(store, error.archive);
  const digest = name === null ? null : digestOfBlobName(name);
  return digest === null ? error : blobError(store, digest, `cannot be used: ${error.message}`, error);
}

/** Errors name blobs by file name or by path. */
function blobNameIn({ path }: Store, place: string | undefined): string | null {
  if (place === undefined) return null;
  const name = place.startsWith(`${path}/`) ? place.slice(path.length + 1) : place;
  const digest = digestOfBlobName(name);
  return digest === null ? null : blobName(digest);
}
