import { computableAlgorithmOf, type Digest } from '@layers/core/digest';
import { isLayersError } from '@layers/errors';
import { blobPath, digestOfFile, statOrNull } from '../blobs/blob-file.js';
import type { BlobFile } from '../blobs/list-blobs.js';
import type { Store } from '../layout/store.js';
import type { CheckOptions } from './check-report.js';

/** Reads blobs and gives those whose bytes have another digest. What is removed meanwhile is none of them. */
export async function corruptBlobs(
  store: Store,
  blobs: readonly BlobFile[],
  { signal, onProgress }: CheckOptions,
): Promise<ReadonlySet<Digest>> {
  const files = blobs.filter(({ digest, size }) => size !== null && computableAlgorithmOf(digest) !== null);
  const totalBytes = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  let doneBytes = 0;
  const took = (bytes: number): void => {
    doneBytes += bytes;
    onProgress?.({ doneBytes: Math.min(doneBytes, totalBytes), totalBytes });
    signal?.throwIfAborted();
  };
  const corrupt = new Set<Digest>();
  for (const { digest } of files) {
    if (!(await isTrue(store, digest, took)) && !(await isTrue(store, digest, took))) corrupt.add(digest);
  }
  return corrupt;
}

async function isTrue(store: Store, digest: Digest, took: (bytes: number) => void): Promise<boolean> {
  const path = blobPath(store, digest);
  try {
    return (await digestOfFile(path, digest, took)) === digest;
  } catch (error) {
    if (isLayersError(error) && error.code === 'ERR_LAYERS_READ' && statOrNull(path) === null) return true;
    throw error;
  }
}
