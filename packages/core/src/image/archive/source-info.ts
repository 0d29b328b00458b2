import type { Compression } from '../../compression/sniff.js';

/** The archive, layout or registry of an image. */
export interface SourceInfo {
  /** As the caller named it; `-` for standard input, `docker://NAME` for a registry. */
  readonly path: string;
  /** `dir` is a directory of `skopeo copy dir:` (containers-transports(5)). */
  readonly format: 'docker-archive' | 'oci-archive' | 'oci' | 'dir' | 'registry';
  /** The variant of a docker-archive: with v1 directories, with an OCI index, or with plain files. Null for other formats. */
  readonly variant: 'legacy' | 'hybrid' | 'plain' | null;
  /** The compression of the whole archive. */
  readonly compression: Compression | null;
  /** Bytes of the archive as stored; null for a directory and for a registry. */
  readonly sizeBytes: number | null;
}

/** An image of an archive with several images. */
export interface ImageChoice {
  /** The value for `ImageQuery.image`: `#1`, `#2`, … */
  readonly number: string;
  readonly id: string | null;
  readonly tags: readonly string[];
  readonly platform: string | null;
  readonly layers: number;
  /** Why the image cannot be read; absent where it can. */
  readonly problem?: string;
  /** What it is where it is not an image, such as `a Helm chart`. */
  readonly artifact?: string;
}
