import type { LayersError } from '@layers/errors';
import type { Digest } from '../../digest/digest.js';
import type { Finding } from '../../findings/finding.js';
import type { Artifact } from '../../oci/artifact.js';
import type { ImageConfig } from '../../oci/config.js';
import type { Platform } from '../../oci/platform.js';
import type { ArchiveFile } from '../archive/archive-reader.js';

/** What the documents of an archive declare about one image. Nothing but `id` and `manifestDigest` is computed. */
export interface ImageDescription {
  /** Digest of the config's exact bytes, computed. Null for an image from before docker 1.10, which has no config. */
  readonly id: Digest | null;
  /** The id that the name of the config, or its descriptor, declares. */
  readonly declaredId: Digest | null;
  readonly configName: string | null;
  readonly configBytes: Uint8Array | null;
  readonly config: ImageConfig;
  /** Digest of the manifest's exact bytes, computed; null where there is no OCI manifest. */
  readonly manifestDigest: Digest | null;
  readonly manifestName: string | null;
  /**
   * Digest of the index that describes the image for several platforms: the outermost one below `index.json`. Absent
   * where there is none.
   */
  readonly indexDigest?: Digest;
  /** In docker's familiar form. */
  readonly tags: readonly string[];
  /** The values of `org.opencontainers.image.ref.name`, as they are. Absent without any. */
  readonly refNames?: readonly string[];
  readonly platform: Platform | null;
  /** From the base up. */
  readonly layers: readonly LayerDescription[];
  /** Position of the last layer, where later ones were left out; see `upToLayer`. */
  readonly upToLayer?: number;
  readonly findings: readonly Finding[];
  /** What it is where it is not an image. Such a description has no bytes of a config, so that it is never written. */
  readonly artifact?: Artifact;
  /** The manifests of its attestations that the archive has. They are about these exact bytes. Absent without any. */
  readonly attestations?: readonly Digest[];
  /** The manifest and the config, with what is declared about them. */
  readonly documents: readonly DeclaredDocument[];
}

/** An image whose documents cannot be read. */
export interface UnreadableImage {
  readonly tags: readonly string[];
  /** The platform that the index declares. */
  readonly platform: Platform | null;
  /** The digest that the index declares. */
  readonly manifestDigest: Digest | null;
  readonly error: LayersError;
}

/** An artifact of an index. */
export interface ArtifactDescription {
  readonly tags: readonly string[];
  readonly manifestDigest: Digest | null;
  readonly artifact: Artifact;
  /** The artifact as an image without a root file system, whose layers may be tars; null where it has no manifest. */
  readonly image: ImageDescription | null;
}

/** A document, and the digest and size that its descriptor or its name declares. */
export interface DeclaredDocument {
  readonly name: string;
  readonly kind: 'digest' | 'image-id';
  readonly digest: Digest;
  readonly size: number | null;
  readonly bytes: Uint8Array;
}

/** What the documents of an archive declare about one layer. */
export interface LayerDescription {
  /** Null where the archive lacks it. */
  readonly file: ArchiveFile | null;
  /** The layer itself, where its descriptor embeds it (OCI descriptor.md `data`). */
  readonly data: Uint8Array | null;
  /** The name of its file. */
  readonly name: string;
  /** Whether the manifest names a link to the file. Absent where it names the file itself. */
  readonly isLinked?: true;
  readonly digest: Digest | null;
  readonly size: number | null;
  readonly diffId: Digest | null;
  /** Null where none is declared, as in a docker-archive. */
  readonly mediaType: string | null;
  readonly nonDistributable: boolean;
}
