import type { Digest } from '@layers/core/digest';
import type { SyncByteSource } from '@layers/core/io';
import type { Platform } from '@layers/core/oci';

/** The compression of a layer's blob. */
export interface LayerCompression {
  readonly kind: 'none' | 'gzip' | 'zstd';
  /** gzip 0 to 9, zstd 1 to 19; null for the default, which is 6 and 3. */
  readonly level: number | null;
}

/** A layer whose blob is copied byte for byte. Its digest and size are verified while it is copied. */
export interface ExistingLayer {
  readonly kind: 'existing';
  readonly digest: Digest;
  /** Size of the blob in bytes. */
  readonly sizeBytes: number;
  readonly diffId: Digest;
  readonly mediaType: string;
  /** Further fields of its descriptor in the manifest, such as `annotations` and `urls` (OCI descriptor.md). */
  readonly descriptor?: Readonly<Record<string, unknown>> | undefined;
  /** The blob as stored, to be read in part or again; null if only `chunks` can read it. */
  readonly source: SyncByteSource | null;
  /** The archive of the blob, for errors. */
  readonly archive?: string | undefined;
  /** Whether several such layers can be read at once, as from a registry. Default: they are read one after the other. */
  readonly isConcurrent?: boolean | undefined;
  /**
   * Whether the blob is not at hand, because the layer is not distributable (OCI layer.md). Its descriptor is written without
   * the blob; `docker` and `hybrid` archives cannot lack it.
   */
  readonly isAbsent?: boolean | undefined;
  /** Reads the blob from its start. Chunks are views that hold until the next step. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** A layer that is generated while it is written. Its digests are known afterwards. */
export interface GeneratedLayer {
  readonly kind: 'generated';
  /** Exact size of the uncompressed tar in bytes; null if unknown before it is generated. */
  readonly tarBytes: number | null;
  readonly compression: LayerCompression;
  /** The digest that the uncompressed tar must have; absent if unknown. It is verified while the layer is written. */
  readonly diffId?: Digest | undefined;
  /** The archive that the tar is made from, for errors. */
  readonly archive?: string | undefined;
  /** Whether another thread works while the tar is generated. Default: false. */
  readonly usesThreads?: boolean | undefined;
  /** Generates the uncompressed tar: the same bytes at every call. Chunks are views that hold until the next step. */
  tar(): AsyncIterable<Uint8Array>;
}

/** A layer of an image to be written. */
export type NewLayer = ExistingLayer | GeneratedLayer;

/** An image to be written. */
export interface NewImage {
  /** From the base up. */
  readonly layers: readonly NewLayer[];
  /**
   * Returns the config's exact bytes for the DiffIDs of all layers. The length is the same for any DiffIDs, except for
   * those of the original config, which returns the original bytes.
   */
  config(diffIds: readonly Digest[]): Uint8Array;
  /** The exact bytes of the original manifest, if it still applies; null to generate one. */
  readonly manifest: { readonly bytes: Uint8Array; readonly mediaType: string } | null;
  /** Tags as docker shows them, such as `alpine:3.20`. */
  readonly tags: readonly string[];
  readonly platform: Platform | null;
  /** Annotations of a generated manifest (OCI annotations.md). */
  readonly annotations: ReadonlyMap<string, string>;
  /**
   * The index of an image for several platforms, whose tags are those of its images. Images with the same object are
   * written as one index. Absent for an image of its own, and ignored by the format `docker`.
   */
  readonly index?: NewIndex | undefined;
}

/** An index for several platforms to be written (OCI image-index.md). */
export interface NewIndex {
  /** The exact bytes of the original index, if it still applies; null to generate one. */
  readonly original: { readonly bytes: Uint8Array; readonly mediaType: string } | null;
  /** The indexes below the original one, byte for byte. */
  readonly nested: readonly { readonly bytes: Uint8Array; readonly mediaType: string }[];
  /** What the original index has beside images, such as attestations, each with its original manifest. */
  readonly attached: readonly NewImage[];
}

/** A written image. All digests and sizes are computed. */
export interface WrittenImage {
  /** Digest of the config, which docker shows as the image ID. */
  readonly id: Digest;
  readonly manifestDigest: Digest | null;
  readonly tags: readonly string[];
  readonly layers: readonly WrittenLayer[];
}

/** A written layer. Digests and size are computed. */
export interface WrittenLayer {
  readonly digest: Digest;
  readonly diffId: Digest;
  /** Size of the stored blob in bytes. */
  readonly sizeBytes: number;
  readonly mediaType: string;
  /** Whether the blob was copied from the input. */
  readonly kept: boolean;
}
