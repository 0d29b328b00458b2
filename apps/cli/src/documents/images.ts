import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { StoredImage } from '@layers/store/images';

/** The output of `layers images --json`. */
export interface ImagesDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
  readonly images: readonly ImageItem[];
  readonly findings: readonly [];
}

/** An image under one of its names. */
export interface ImageItem {
  readonly reference: string | null;
  readonly repository: string | null;
  readonly tag: string | null;
  readonly id: string | null;
  readonly manifestDigest: string;
  /** Digest of the index that has the image for several platforms, the outermost one; null without one. */
  readonly indexDigest: string | null;
  readonly created: string | null;
  readonly platform: ImageInfo['platform'];
  readonly layers: number;
  /** Stored bytes of all blobs, each counted once. */
  readonly sizeBytes: number;
  readonly uniqueBytes: number;
  readonly sharedBytes: number;
  /** Whether all layers are stored uncompressed, as docker counts them. */
  readonly uncompressed: boolean;
  readonly problem: StoredImage['problem'];
}
