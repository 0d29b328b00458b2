import { renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { writeNewFile, writing } from '@layers/core/io';
import { makeFolder, syncFolder } from '../layout/folders.js';
import type { Store } from '../layout/store.js';
import type { HeldLease } from '../lease/with-lease.js';
import { blobPath, blobSize, digestOfFile } from './blob-file.js';

/** How a blob came to be in the store. */
export type BlobOrigin = 'written' | 'mended' | 'reused';

/** Brings blobs into a store, one at a time. */
export interface BlobWriter {
  /**
   * Whether the store has the blob, whole and undamaged; claims it first, so that it stays. Reads all of it.
   *
   * @param took is told of the bytes that were read
   */
  has(digest: Digest, size: number, took: (bytes: number) => void): Promise<boolean>;
  /**
   * Takes a blob that `pass` writes and whose digest and size it tells afterwards, verified. Throws
   * ERR_LAYERS_WRITE_OUTPUT and what `pass` throws.
   */
  write<T extends { readonly digest: Digest; readonly size: number }>(
    pass: (sink: (chunk: Uint8Array) => Promise<void>) => Promise<T>,
    took: (bytes: number) => void,
  ): Promise<{ readonly facts: T; readonly result: BlobOrigin }>;
  /** Resolves once all names of blobs are on the disk. */
  sync(): Promise<void>;
}

export function createBlobWriter(store: Store, lease: HeldLease): BlobWriter {
  let count = 0;
  const folders = new Set<string>();
  const has: BlobWriter['has'] = async (digest, size, took) => {
    lease.pin([digest]);
    if (blobSize(store, digest) !== size) return false;
    return (await digestOfFile(blobPath(store, digest), digest, took)) === digest;
  };
  return {
    has,
    async write(pass, took) {
      const temporary = join(lease.folder, `blob-${count++}`);
      try {
        const facts = await writeTemporary(temporary, store.path, pass);
        const { digest, size } = facts;
        if (await has(digest, size, took)) return { facts, result: 'reused' };
        const path = blobPath(store, digest);
        const wasThere = blobSize(store, digest) !== null;
        const folder = makeFolder(store.path, 'blobs', basename(dirname(path)));
        // It takes the place of a symlink too, and is never written through one.
        writing(path, () => renameSync(temporary, path));
        folders.add(folder).add(dirname(folder));
        return { facts, result: wasThere ? 'mended' : 'written' };
      } finally {
        rmSync(temporary, { force: true });
      }
    },
    async sync() {
      for (const folder of folders) await syncFolder(folder);
      folders.clear();
    },
  };
}

async function writeTemporary<T>(
  path: string,
  name: string,
  pass: (sink: (chunk: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  return writeNewFile(path, { name, mode: 0o644, sync: true }, ({ write }) => pass(write));
}
