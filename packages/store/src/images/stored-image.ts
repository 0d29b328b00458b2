import type { Digest } from '@layers/core/digest';
import type { Platform } from '@layers/core/oci';
import type { ErrorCode } from '@layers/errors';
import type { StoreBlob } from '../layout/store.js';

/** An image of a store. Each manifest is one image. */
export interface StoredImage {
  /** Digest of the config, which docker prints as the image id; null if the manifest cannot be read. */
  readonly id: Digest | null;
  readonly manifestDigest: Digest;
  /** Digests of the indexes that contain the manifest, outermost first; empty for most images. */
  readonly indexDigests: readonly Digest[];
  /** All its names, sorted, as docker prints them: `alpine:3.20`. Not checked: another tool may write any text. */
  readonly refs: readonly string[];
  /** The creation time of the config: RFC 3339, but not checked. */
  readonly created: string | null;
  readonly platform: Platform | null;
  /** From the base up. */
  readonly layers: readonly (StoreBlob & { readonly mediaType: string; readonly diffId: Digest | null })[];
  /** Bytes of manifest, config and layers as stored, each blob once. */
  readonly sizeBytes: number;
  /** The part of `sizeBytes` that no other image of the store has. */
  readonly uniqueBytes: number;
  readonly sharedBytes: number;
  /** Whether all layers are stored uncompressed, so that `sizeBytes` is close to docker's SIZE. */
  readonly isUncompressed: boolean;
  /** Why the image cannot be used, by its documents and the sizes of its blobs; null if they are right. */
  readonly problem: { readonly code: ErrorCode; readonly message: string } | null;
}

/** An image of a store without the sizes that depend on the other images. */
export type FoundImage = Omit<StoredImage, 'uniqueBytes' | 'sharedBytes'>;
