import type { Digest } from '@layers/core/digest';
import type { Platform } from '@layers/core/oci';
import type { ErrorCode } from '@layers/errors';
import type { StoreBlob } from '../layout/store.js';

/** An image of the store: one for each manifest that is there. */
export interface StoredImage {
  /** Digest of the config, docker's image id; null where the manifest cannot be read. */
  readonly id: Digest | null;
  readonly manifestDigest: Digest;
  /** Digests of the indexes through which the image is reached, outermost first; empty for most. */
  readonly indexDigests: readonly Digest[];
  /** All its names as docker shows them, `alpine:3.20`, sorted; a bare `latest` of another tool stays that. Hostile text. */
  readonly refs: readonly string[];
  /** As the config writes it: RFC 3339, but not checked. */
  readonly created: string | null;
  readonly platform: Platform | null;
  /** From the base up. */
  readonly layers: readonly (StoreBlob & { readonly mediaType: string; readonly diffId: Digest | null })[];
  /** Bytes of manifest, config and layers as stored, each blob once. */
  readonly sizeBytes: number;
  /** Of `sizeBytes` what no other image of the store has. */
  readonly uniqueBytes: number;
  readonly sharedBytes: number;
  /** Whether all layers are stored uncompressed, so that `sizeBytes` is about what docker shows as SIZE. */
  readonly isUncompressed: boolean;
  /** Why the image cannot be used as it lies there; null where nothing is wrong as far as documents and sizes tell. */
  readonly problem: { readonly code: ErrorCode; readonly message: string } | null;
}

/** An image of the store as it is by itself: what it shares is known only where all images are looked at. */
export type FoundImage = Omit<StoredImage, 'uniqueBytes' | 'sharedBytes'>;
