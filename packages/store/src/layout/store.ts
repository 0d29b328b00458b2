import type { Digest } from '@layers/core/digest';

/** A folder that keeps images as an OCI layout. */
export interface Store {
  /** Absolute. */
  readonly path: string;
}

/** Work on a store that takes long, or waits. */
export interface StoreOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long another process is waited for that holds the store, in seconds. Default: 60. */
  readonly lockSeconds?: number | undefined;
}

/** A blob, by the name that it has in the store. */
export interface StoreBlob {
  readonly digest: Digest;
  /** Bytes as stored. */
  readonly sizeBytes: number;
}
