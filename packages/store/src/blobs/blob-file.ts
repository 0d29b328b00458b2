import { lstatSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { computableAlgorithmOf, createDigester, type Digest } from '@layers/core/digest';
import { blobName } from '@layers/core/image';
import { readError, systemCode } from '@layers/core/io';
import type { Store } from '../layout/store.js';

/** Where the store keeps the blob of a digest. The grammar of digests lets none lead out of `blobs`. */
export function blobPath({ path }: Store, digest: Digest): string {
  return join(path, blobName(digest));
}

const NOT_THERE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/** What stands at a path, links not followed; null for nothing. Throws ERR_LAYERS_READ. */
export function statOrNull(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (cause) {
    if (NOT_THERE.has(systemCode(cause))) return null;
    throw readError(path, cause);
  }
}

/** Bytes of a blob; null where it is not there, or is no regular file. Throws ERR_LAYERS_READ. */
export function blobSize(store: Store, digest: Digest): number | null {
  const stat = statOrNull(blobPath(store, digest));
  return stat?.isFile() ? stat.size : null;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * The digest that a file's bytes have, by the algorithm of the one that it should have. Throws ERR_LAYERS_READ, and
 * what `took` throws, which is told of every piece of bytes.
 */
export async function digestOfFile(
  path: string,
  digest: Digest,
  took: (bytes: number) => void,
): Promise<Digest> {
  const digester = createDigester(computableAlgorithmOf(digest) ?? 'sha256');
  try {
    const handle = await open(path, 'r');
    try {
      // One piece is read while the other is hashed.
      let [current, next] = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
      let position = 0;
      let reading = handle.read(current, 0, CHUNK_BYTES, position);
      for (;;) {
        const { bytesRead } = await reading;
        if (bytesRead === 0) return digester.digest();
        position += bytesRead;
        reading = handle.read(next, 0, CHUNK_BYTES, position);
        reading.catch(() => undefined);
        digester.update(current.subarray(0, bytesRead));
        [current, next] = [next, current];
        took(bytesRead);
      }
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw readError(path, cause);
    throw cause;
  }
}
