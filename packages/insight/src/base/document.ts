import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { ErrorCode } from '@layers/errors';

/** The result of `layers base`. */
export interface BaseDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** The layers of the image, base included. */
  readonly layers: number;
  /** What says which image it was built on: certain evidence first, then the largest base. Empty where nothing does. */
  readonly evidence: readonly BaseEvidence[];
  /** The store whose images were compared; null where the images to compare with were given. */
  readonly searchedStore: SearchedStore | null;
  readonly findings: readonly Finding[];
}

/** A store whose images were compared with the image. */
export interface SearchedStore {
  readonly path: string;
  /** The number of its images. */
  readonly images: number;
  /** Why its images could not be compared; null where they were. */
  readonly problem: { readonly code: ErrorCode; readonly message: string } | null;
}

/** Something that says on which image an image was built. */
export interface BaseEvidence {
  /**
   * `layers`: the layers of a given image are the lowest ones, with the same DiffIDs. `annotation`: the builder wrote it
   * down (OCI annotations.md, `org.opencontainers.image.base.*`). `history`: the steps look like those of two builds.
   */
  readonly from: 'layers' | 'annotation' | 'history';
  /** Whether it may be wrong: only equal layers are certain. */
  readonly isGuess: boolean;
  /** The name of the base; null where it is not known. */
  readonly name: string | null;
  /** The digest of the base; null where it is not known. */
  readonly digest: Digest | null;
  /** The number of layers of the base; null where it is not known. */
  readonly layers: number | null;
  /** Why. */
  readonly reason: string;
}
