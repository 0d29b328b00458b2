import type { Digest } from '@layers/core/digest';
import type { Progress } from '@layers/core/image';
import type { WrittenLayer } from '@layers/rewrite/image';
import type { StoreOptions } from '../layout/store.js';

/** How to load images. */
export interface LoadOptions extends StoreOptions {
  /** Counts bytes of layers; uncompressed bytes of generated ones. The total is null if it is not known in advance. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called at the first failure of a blob, to end what the others wait for, such as requests. They stop at their next chunk. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** The result of loading one image. */
export interface LoadedImage {
  /** Digest of the config, which docker prints as the image id. */
  readonly id: Digest;
  readonly manifestDigest: Digest;
  /** Its names from this call, as docker prints them. */
  readonly tags: readonly string[];
  /** From the base up. */
  readonly layers: readonly WrittenLayer[];
  /** Whether the store had the image with these names, so that nothing has changed. */
  readonly isUnchanged: boolean;
  /** Whether the store had the image, under any name. */
  readonly wasThere: boolean;
  /** Images that lost a name to this one. `id` is null if the manifest cannot be read. */
  readonly displaced: readonly {
    readonly ref: string;
    readonly id: Digest | null;
    readonly manifestDigest: Digest;
  }[];
  /** Blobs of this image. A blob that several images of one call share counts for the first. */
  readonly blobs: BlobCounts;
}

/** Written and reused blobs of an image. */
export interface BlobCounts {
  readonly written: number;
  readonly writtenBytes: number;
  /** Blobs that the store had, with verified digests. */
  readonly reused: number;
  readonly reusedBytes: number;
  /** Of `written`, the blobs that replace damaged ones. */
  readonly mended: number;
}
