import type { Digest } from '../../digest/digest.js';
import type { Finding } from '../../findings/finding.js';
import type { ImageConfig } from '../../oci/config.js';
import type { Platform } from '../../oci/platform.js';
import type { ArchiveFile } from '../archive/archive-reader.js';

/** What an archive says of one image. Digests and sizes in it are claims, but for `id`. */
export interface ImageDescription {
  /** Digest of the config's exact bytes, computed. Null where the image is older than configs. */
  readonly id: Digest | null;
  /** The id that the archive states: by the config's name, or its descriptor. */
  readonly claimedId: Digest | null;
  readonly configName: string | null;
  readonly configBytes: Uint8Array | null;
  readonly config: ImageConfig;
  /** Digest of the manifest's exact bytes, computed; null where there is no OCI manifest. */
  readonly manifestDigest: Digest | null;
  readonly manifestName: string | null;
  /** As docker shows them. */
  readonly tags: readonly string[];
  readonly platform: Platform | null;
  /** From the base up. */
  readonly layers: readonly LayerDescription[];
  /** Position of the last layer that is taken in, where the image was cut; see `upToLayer`. */
  readonly upToLayer?: number;
  readonly findings: readonly Finding[];
  /** What is claimed of the image's documents. */
  readonly claims: readonly DocumentClaim[];
}

/** A document's bytes, and the digest and size that something else claims for them. */
export interface DocumentClaim {
  readonly name: string;
  readonly kind: 'digest' | 'image-id';
  readonly digest: Digest;
  readonly size: number | null;
  readonly bytes: Uint8Array;
}

/** What an archive says of one layer. */
export interface LayerDescription {
  /** Null where the archive does not carry it. */
  readonly member: ArchiveFile | null;
  /** The layer itself, embedded in its descriptor (OCI descriptor.md). */
  readonly data: Uint8Array | null;
  /** The name under which it was looked for. */
  readonly name: string;
  readonly digest: Digest | null;
  readonly size: number | null;
  readonly diffId: Digest | null;
  /** Null where none is stated: docker-archives state none. */
  readonly mediaType: string | null;
  readonly nonDistributable: boolean;
}
