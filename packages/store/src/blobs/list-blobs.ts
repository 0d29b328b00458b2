import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { digestOfBlobName } from '@layers/core/image';
import { readError } from '@layers/core/io';
import { isDirectory } from '../layout/directories.js';
import type { Store } from '../layout/store.js';
import { statOrNull } from './blob-file.js';

/** A file in `blobs`, named by a digest. */
export interface BlobFile {
  readonly digest: Digest;
  readonly path: string;
  /** In bytes; null if it is not a regular file. */
  readonly sizeBytes: number | null;
  /** Time of the last write or rename, in milliseconds since 1970. */
  readonly changedMs: number;
}

/** Lists the blobs of a store, and the paths of other files among them. Throws ERR_LAYERS_READ and ERR_LAYERS_STORE. */
export function listBlobs({ path: root }: Store): {
  readonly blobs: readonly BlobFile[];
  readonly unknown: readonly string[];
} {
  const blobs: BlobFile[] = [];
  const unknown: string[] = [];
  const directory = join(root, 'blobs');
  if (!isDirectory(directory)) return { blobs, unknown };
  for (const algorithm of readDirectory(directory)) {
    const inner = join(directory, algorithm);
    if (!statOrNull(inner)?.isDirectory()) {
      unknown.push(inner);
      continue;
    }
    for (const name of readDirectory(inner)) {
      const path = join(inner, name);
      const digest = digestOfBlobName(`blobs/${algorithm}/${name}`);
      const stat = statOrNull(path);
      if (stat === null) continue;
      if (digest === null) unknown.push(path);
      else
        blobs.push({
          digest,
          path,
          sizeBytes: stat.isFile() ? stat.size : null,
          changedMs: Math.max(stat.mtimeMs, stat.ctimeMs),
        });
    }
  }
  return { blobs, unknown };
}

function readDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch (cause) {
    throw readError(path, cause);
  }
}
