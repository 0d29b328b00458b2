import type { Digest } from '@layers/core/digest';
import type { Progress } from '@layers/core/image';
import type { StoreBlob, StoreOptions } from '../layout/store.js';

export interface CheckOptions extends StoreOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export type StoreTroubleKind =
  /** A blob's bytes do not have the digest that is its name. */
  | 'corrupt'
  /** A blob is named and not there. */
  | 'missing'
  /** A document is what its digest says, but no manifest or index. */
  | 'unreadable'
  /** A blob is there under another size than what names it says. */
  | 'wrong-size'
  /** Something in `blobs` is no regular file. */
  | 'not-a-file';

/** Something that makes images of the store unusable. */
export interface StoreTrouble {
  readonly kind: StoreTroubleKind;
  readonly digest: Digest;
  /** Of the blob's file. */
  readonly path: string;
  /** One line. */
  readonly message: string;
  /** The images that need it: names where they have any, else ids. Empty where none does. */
  readonly images: readonly string[];
}

/** What all of a store is like. */
export interface StoreCheck {
  /** Whether `troubles` is empty. */
  readonly isClean: boolean;
  readonly images: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly troubles: readonly StoreTrouble[];
  /** Blobs that nothing names: `prune` removes them. */
  readonly unreferenced: readonly StoreBlob[];
  /** What uploads have on the disk; `isLive` where their process is at work. */
  readonly partial: readonly { readonly path: string; readonly bytes: number; readonly isLive: boolean }[];
  /** Files in the folder that belong to no store, such as blobs of algorithms that cannot be computed here. */
  readonly unknown: readonly string[];
  /** Manifests of platforms that an index names and the store does not have: as tools leave it that copy one platform. */
  readonly absentPlatforms: readonly Digest[];
}
