import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import type { Progress } from '@layers/core/image';
import type { StoreBlob, StoreOptions } from '../layout/store.js';

/** Options of `checkStore`. */
export interface CheckOptions extends StoreOptions {
  /** Make a new index first, if the present one is damaged, missing or too large. Default: change nothing. */
  readonly repair?: boolean | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What a repair did to the index of a store. */
export interface IndexRepair {
  /** `index`: its entries were kept as far as they are valid. `blobs`: it was unreadable, so that names are lost. */
  readonly from: 'index' | 'blobs';
  /** The number of entries of the new index. */
  readonly entries: number;
  /** The number of entries that could not be kept. */
  readonly removed: number;
  /** The path of a copy of the damaged index; null if there was none. */
  readonly backup: string | null;
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
  /** The defects, at most one a blob: `blob-corrupt`, `blob-missing` and others; and `entry-invalid` for the index. */
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
  /** What the option `repair` did; null if there was nothing to repair. */
  readonly repair: IndexRepair | null;
}
