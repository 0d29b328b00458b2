import { join } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { blobName } from '@layers/core/image';
import { LayersError } from '@layers/errors';
import type { Store } from './store.js';

/** Returns ERR_LAYERS_STORE: the directory is not a store, or is damaged. */
export function storeError(path: string, problem: string, hint: string, cause?: unknown): LayersError {
  return new LayersError('ERR_LAYERS_STORE', `${path} ${problem}`, { archive: path, hint, cause });
}

/** What a user can do about a missing or damaged blob. */
export const BLOB_HINT = 'load the image again, which replaces the blob; checkStore finds other damage';

/** Returns ERR_LAYERS_STORE_BLOB: a blob of the store is missing or damaged. */
export function blobError({ path }: Store, digest: Digest, problem: string, cause?: unknown): LayersError {
  const file = blobName(digest);
  return new LayersError(
    'ERR_LAYERS_STORE_BLOB',
    `the blob ${digest} of the store ${problem}: ${join(path, file)}`,
    {
      archive: path,
      file,
      cause,
      hint: BLOB_HINT,
    },
  );
}
