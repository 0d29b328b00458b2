import type { Digest } from '@layers/core/digest';
import type { Progress } from '@layers/core/image';
import type { StoreOptions } from '../layout/store.js';

export interface LoadOptions extends StoreOptions {
  /** Counts the bytes of layers, made ones uncompressed. The total is null where only making them tells. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What loading did for one image. */
export interface LoadedImage {
  /** Digest of the config, which docker prints as the image's id. */
  readonly id: Digest;
  readonly manifestDigest: Digest;
  /** Its names that it has now because of this, as docker shows them. */
  readonly tags: readonly string[];
  /** Whether the store had the image, with these names, so that nothing of its index has changed. */
  readonly isUnchanged: boolean;
  /** Whether the store had the image, under whatever name. */
  readonly wasThere: boolean;
  /** Images that lost a name to this one; docker prints a line for each. `id` is null where it cannot be read. */
  readonly displaced: readonly {
    readonly ref: string;
    readonly id: Digest | null;
    readonly manifestDigest: Digest;
  }[];
  /** Blobs of this image; those that several images of one call share count for the first. */
  readonly blobs: BlobCounts;
}

export interface BlobCounts {
  readonly written: number;
  readonly writtenBytes: number;
  /** They were there, and were found to be what their names say. */
  readonly reused: number;
  readonly reusedBytes: number;
  /** Of `written`: they were there and were damaged. */
  readonly mended: number;
}
