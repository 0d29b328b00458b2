import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import type { Progress } from '@layers/core/image';
import type { StoreBlob, StoreOptions } from '../layout/store.js';

export interface CheckOptions extends StoreOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The state of a store. */
export interface StoreCheck {
  /** Whether `findings` is empty. */
  readonly isClean: boolean;
  readonly images: number;
  readonly blobs: number;
  readonly storedBytes: number;
  /** What makes images unusable, at most one finding a blob: `blob-corrupt`, `blob-missing` and the like. */
  readonly findings: readonly Finding[];
  /** Blobs that nothing names: `prune` removes them. */
  readonly unreferenced: readonly StoreBlob[];
  /** What uploads have on the disk; `isLive` where their process is at work. */
  readonly partial: readonly {
    readonly path: string;
    readonly sizeBytes: number;
    readonly isLive: boolean;
  }[];
  /** Files in the folder that belong to no store, such as blobs of algorithms that cannot be computed here. */
  readonly unknown: readonly string[];
  /** Manifests of platforms that an index names and the store does not have: as tools leave it that copy one platform. */
  readonly absentPlatforms: readonly Digest[];
}
