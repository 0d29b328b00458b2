import { lstatSync, rmSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { computableAlgorithmOf, createDigester, type Digest } from '@layers/core/digest';
import { blobName } from '@layers/core/image';
import { readError, systemCode, writing } from '@layers/core/io';
import { isDirectory } from '../layout/directories.js';
import type { Store } from '../layout/store.js';

/** Returns the path of a blob. The grammar of digests allows no path outside of `blobs`. */
export function blobPath({ path }: Store, digest: Digest): string {
  return join(path, blobName(digest));
}

const NOT_FOUND: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/** Returns what `lstat` does; null if the path does not exist. Throws ERR_LAYERS_READ. */
export function statOrNull(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (cause) {
    if (NOT_FOUND.has(systemCode(cause))) return null;
    throw readError(path, cause);
  }
}

/** Returns the size of a blob in bytes; null if it does not exist or is not a regular file. Throws ERR_LAYERS_READ. */
export function blobSize(store: Store, digest: Digest): number | null {
  const stat = statOrNull(blobPath(store, digest));
  return stat?.isFile() ? stat.size : null;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Deletes a blob. Returns its size in bytes; null if it does not exist. Throws ERR_LAYERS_STORE if a symlink takes
 * the place of its directory, ERR_LAYERS_READ and ERR_LAYERS_WRITE_OUTPUT.
 */
export function deleteBlob(store: Store, digest: Digest): number | null {
  const path = blobPath(store, digest);
  // A symlink in place of the directory would lead outside of the store.
  if (!isDirectory(dirname(dirname(path))) || !isDirectory(dirname(path))) return null;
  const size = blobSize(store, digest);
  if (size === null) return null;
  writing(path, () => rmSync(path, { force: true }));
  return size;
}

/**
 * Computes the digest of a file, with the algorithm of its declared digest. Throws ERR_LAYERS_READ, and what `onBytes`
 * throws.
 *
 * @param onBytes called with the number of bytes of each read
 */
export async function digestOfFile(
  path: string,
  digest: Digest,
  onBytes: (bytes: number) => void,
): Promise<Digest> {
  const digester = createDigester(computableAlgorithmOf(digest) ?? 'sha256');
  try {
    const handle = await open(path, 'r');
    try {
      // Reads one chunk while it hashes the other.
      const { size } = await handle.stat();
      // Memory for small blobs, of which a store has many, is not worth clearing.
      const chunkBytes = Math.min(CHUNK_BYTES, Math.max(size, 1));
      let [current, next] = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)];
      let position = 0;
      let reading = handle.read(current, 0, chunkBytes, position);
      for (;;) {
        const { bytesRead } = await reading;
        if (bytesRead === 0) return digester.digest();
        position += bytesRead;
        reading = handle.read(next, 0, chunkBytes, position);
        reading.catch(() => undefined);
        digester.update(current.subarray(0, bytesRead));
        [current, next] = [next, current];
        onBytes(bytesRead);
      }
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw readError(path, cause);
    throw cause;
  }
}
