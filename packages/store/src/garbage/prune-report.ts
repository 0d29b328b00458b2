import type { Digest } from '@layers/core/digest';
import type { StoreBlob, StoreOptions } from '../layout/store.js';

export interface PruneOptions extends StoreOptions {
  /** Blobs that nothing names stay so long, in seconds: other tools write them before they name them. Default: 3600. */
  readonly graceSeconds?: number | undefined;
  /** Say what would be done and do nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface PruneReport {
  /** Images without a name. */
  readonly images: readonly { readonly id: Digest | null; readonly manifestDigest: Digest }[];
  readonly blobs: readonly StoreBlob[];
  /** Bytes of `blobs` and of what ended processes left. */
  readonly reclaimedBytes: number;
  /** What nothing names, but which is younger than the grace. */
  readonly keptByGrace: readonly StoreBlob[];
  /** What only a process at work relies on. */
  readonly keptByLease: readonly StoreBlob[];
  /** Uploads of processes that ended without a word. */
  readonly abandonedUploads: number;
  /** Documents that cannot be read: as long as there are any, nothing that is not named is deleted. */
  readonly unreadable: readonly { readonly digest: Digest; readonly message: string }[];
}

/** A line of what `removeImages` did. */
export type Removal =
  | { readonly kind: 'untagged'; readonly ref: string }
  /** `image` is the config's digest, docker's image id. Null where the manifest could not be read. */
  | { readonly kind: 'image'; readonly id: Digest | null; readonly manifestDigest: Digest }
  /** A blob that nothing needs any more. */
  | {
      readonly kind: 'blob';
      readonly what: 'manifest' | 'config' | 'layer' | 'other';
      readonly digest: Digest;
      readonly sizeBytes: number;
    };

export interface RemoveOptions extends StoreOptions {
  /** Remove an image by its id also where it has several names. */
  readonly force?: boolean | undefined;
  /** Of an image for several platforms the one that is meant. */
  readonly platform?: string | undefined;
}
