import type { Compression } from '../../compression/sniff.js';

/** What was read, and how it is packed. */
export interface SourceInfo {
  /** As the caller named it; `-` for standard input. */
  readonly path: string;
  readonly format: 'docker-archive' | 'oci-archive' | 'oci';
  /** Of docker-archives: by v1 folders, with an OCI index beside, or plain files beside `manifest.json`. */
  readonly variant: 'legacy' | 'hybrid' | 'plain' | null;
  /** Of the archive as a whole. */
  readonly compression: Compression | null;
  /** Bytes of the archive as it lies; null for a directory. */
  readonly sizeBytes: number | null;
}

/** A line of the list that an archive with several images gives. */
export interface ImageChoice {
  /** What `--image` takes: `#1`, `#2`, … */
  readonly number: string;
  readonly id: string | null;
  readonly tags: readonly string[];
  readonly platform: string | null;
  readonly layers: number;
}
