import type { Digest } from '@layers/core/digest';
import type { FileRange } from '@layers/core/io';
import type { Platform } from '@layers/core/oci';

/** How a layer's blob is packed. */
export interface LayerCompression {
  readonly kind: 'none' | 'gzip' | 'zstd';
  /** As gzip (0 to 9) and zstd (1 to 19) count them; null for the usual one: 6 and 3. */
  readonly level: number | null;
}

/** A layer whose blob stays as it is, byte for byte. Digest and size are claims until it is copied. */
export interface ExistingLayer {
  readonly kind: 'existing';
  readonly digest: Digest;
  /** Bytes of the blob. */
  readonly size: number;
  readonly diffId: Digest;
  readonly mediaType: string;
  /** Where the blob lies uncompressed in a file; null where only `chunks` gives it. */
  readonly range: FileRange | null;
  /** The blob, in views that hold until the next step; from its start at every call. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** A layer that is made while it is written: its digests are known afterwards. */
export interface GeneratedLayer {
  readonly kind: 'generated';
  /** Exact bytes of the uncompressed tar, known beforehand; null where only making it tells. */
  readonly tarBytes: number | null;
  readonly compression: LayerCompression;
  /** The uncompressed tar, in views that hold until the next step; the same bytes at every call. */
  tar(): AsyncIterable<Uint8Array>;
}

export type NewLayer = ExistingLayer | GeneratedLayer;

/** An image that is to be written. */
export interface NewImage {
  /** From the base up. */
  readonly layers: readonly NewLayer[];
  /** The config's exact bytes, once the DiffIDs of all layers are known: the same length for any DiffIDs. */
  config(diffIds: readonly Digest[]): Uint8Array;
  /** The manifest's exact bytes where the image is one that is kept with its manifest; null to make one. */
  readonly manifest: { readonly bytes: Uint8Array; readonly mediaType: string } | null;
  /** As docker shows them: `alpine:3.20`. */
  readonly tags: readonly string[];
  readonly platform: Platform | null;
  /** Of the manifest to be made (OCI annotations.md). */
  readonly annotations: ReadonlyMap<string, string>;
}

/** What was written for one image. Every digest and size in it was computed. */
export interface WrittenImage {
  /** Digest of the config, which docker prints as the image's id. */
  readonly id: Digest;
  readonly manifestDigest: Digest | null;
  readonly tags: readonly string[];
  readonly layers: readonly WrittenLayer[];
}

export interface WrittenLayer {
  readonly digest: Digest;
  readonly diffId: Digest;
  /** Bytes of the blob as stored. */
  readonly size: number;
  readonly mediaType: string;
  /** Whether the blob is one of the input's, unchanged. */
  readonly kept: boolean;
}
