import { join } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { blobName } from '@layers/core/image';
import { LayersError } from '@layers/errors';
import type { Store } from './store.js';

/** ERR_LAYERS_STORE: the folder is no store, or a damaged one. */
export function storeError(path: string, why: string, hint: string, cause?: unknown): LayersError {
  return new LayersError('ERR_LAYERS_STORE', `${path} ${why}`, { archive: path, hint, cause });
}

/** ERR_LAYERS_STORE_BLOB: a blob of the store is missing, or not what its name says. */
export function blobError({ path }: Store, digest: Digest, why: string, cause?: unknown): LayersError {
  const file = blobName(digest);
  return new LayersError(
    'ERR_LAYERS_STORE_BLOB',
    `the blob ${digest} of the store ${why}: ${join(path, file)}`,
    {
      archive: path,
      file,
      cause,
      hint: 'load the image again, which mends it; layers store check tells what else is wrong',
    },
  );
}
