import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import type { Progress } from '@layers/core/image';
import type { StoreBlob, StoreOptions } from '../layout/store.js';

/** Options of `checkStore`. */
export interface CheckOptions extends StoreOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The result of `checkStore`. */
export interface StoreCheck {
  /** Whether `findings` is empty. */
  readonly isClean: boolean;
  /** The number of images. */
  readonly images: number;
  /** The number of blobs, and their bytes. */
  readonly blobs: number;
  readonly storedBytes: number;
  /** The defects that make images unusable, at most one a blob: `blob-corrupt`, `blob-missing` and others. */
  readonly findings: readonly Finding[];
  /** Blobs that no image needs; `pruneStore` removes them. */
  readonly unreferenced: readonly StoreBlob[];
  /** The temporary files of operations; `isLive` if the process still runs. */
  readonly partial: readonly {
    readonly path: string;
    readonly sizeBytes: number;
    readonly isLive: boolean;
  }[];
  /** Files that are not part of a store, and blobs with a digest algorithm that is not supported. */
  readonly unknown: readonly string[];
  /** Manifests that an index lists and the store lacks, as tools that copy one of several platforms leave it. */
  readonly absentPlatforms: readonly Digest[];
}
