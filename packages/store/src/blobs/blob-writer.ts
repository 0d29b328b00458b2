import { renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Digest } from '@layers/core/digest';
import { writeNewFile, writing } from '@layers/core/io';
import { makeDirectory, syncDirectory } from '../layout/directories.js';
import type { Store } from '../layout/store.js';
import type { HeldLease } from '../lease/with-lease.js';
import { blobPath, blobSize, digestOfFile } from './blob-file.js';

/** How a blob came to be in the store: new, in place of a damaged one, or found undamaged. */
export type BlobOrigin = 'written' | 'mended' | 'reused';

/** Writes the bytes of a blob, and returns its verified digest and size. */
export type WriteBlobBytes<T> = (sink: (chunk: Uint8Array) => Promise<void>) => Promise<T>;

/** Writes verified blobs to a store. Several different ones may be written at once. */
export class BlobWriter {
  readonly #store: Store;
  readonly #lease: HeldLease;
  readonly #changedDirectories = new Set<string>();
  #count = 0;

  constructor(store: Store, lease: HeldLease) {
    this.#store = store;
    this.#lease = lease;
  }

  /**
   * Returns whether the store has the blob, complete and undamaged. Reads all of it. Pins it first, so that it is not collected.
   *
   * @param onBytes called with the number of bytes of each read
   */
  async has(digest: Digest, sizeBytes: number, onBytes: (bytes: number) => void): Promise<boolean> {
    this.#lease.pin([digest]);
    if (blobSize(this.#store, digest) !== sizeBytes) return false;
    return (await digestOfFile(blobPath(this.#store, digest), digest, onBytes)) === digest;
  }

  /**
   * Writes a blob to a temporary file, and renames it once its digest is known. Throws ERR_LAYERS_WRITE_OUTPUT, and what
   * `writeBytes` throws.
   *
   * @param onBytes called with the number of bytes of each read, if the store has such a blob already
   * @param isDirect as in `writeNewFile`
   */
  async write<T extends { readonly digest: Digest; readonly sizeBytes: number }>(
    writeBytes: WriteBlobBytes<T>,
    onBytes: (bytes: number) => void,
    isDirect = false,
  ): Promise<{ readonly facts: T; readonly origin: BlobOrigin }> {
    const temporary = join(this.#lease.directory, `blob-${this.#count++}`);
    try {
      const file = { name: this.#store.path, mode: 0o644, sync: true, isDirect };
      const facts = await writeNewFile(temporary, file, ({ write }) => writeBytes(write));
      const { digest, sizeBytes } = facts;
      if (await this.has(digest, sizeBytes, onBytes)) return { facts, origin: 'reused' };
      const path = blobPath(this.#store, digest);
      const existed = blobSize(this.#store, digest) !== null;
      const directory = makeDirectory(this.#store.path, 'blobs', basename(dirname(path)));
      // Replaces a symlink of that name; never writes through one.
      writing(path, () => renameSync(temporary, path));
      this.#changedDirectories.add(directory).add(dirname(directory));
      return { facts, origin: existed ? 'mended' : 'written' };
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /** Resolves once the names of all written blobs are on the disk. */
  async sync(): Promise<void> {
    await Promise.all([...this.#changedDirectories].map(syncDirectory));
    this.#changedDirectories.clear();
  }
}
