import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { writing } from '@layers/core/io';
import { blobPath, blobSize } from '../blobs/blob-file.js';
import { isFolder } from '../layout/folders.js';
import type { Store } from '../layout/store.js';

/** Removes the file of a blob, and gives the bytes that it had; null where there is none. Throws ERR_LAYERS_WRITE_OUTPUT. */
export function deleteBlob(store: Store, digest: Digest): number | null {
  const path = blobPath(store, digest);
  // A folder that is a symlink would have us remove files elsewhere.
  if (!isFolder(dirname(dirname(path))) || !isFolder(dirname(path))) return null;
  const size = blobSize(store, digest);
  if (size === null) return null;
  writing(path, () => rmSync(path, { force: true }));
  return size;
}
