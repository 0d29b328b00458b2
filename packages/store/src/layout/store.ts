import type { Digest } from '@layers/core/digest';

/** A directory that stores images as an OCI image layout. */
export interface Store {
  /** The absolute path of the directory. */
  readonly path: string;
}

/** Options of operations that change a store. */
export interface StoreOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for another process that has locked the store, in seconds. Default: 60. */
  readonly lockSeconds?: number | undefined;
}

/** A blob of a store. */
export interface StoreBlob {
  readonly digest: Digest;
  /** In bytes, as stored. */
  readonly sizeBytes: number;
}
