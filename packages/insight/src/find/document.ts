import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { PathEventDocument } from '../events/document.js';

/** The result of `findFiles`. */
export interface FindDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** The paths that were found, in byte order, parents first. Generated during iteration. */
  readonly matches: Iterable<FoundPath>;
  readonly findings: readonly Finding[];
}

/** A path that some layer contains. */
export interface FoundPath {
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  /** Whether the path exists in the final root file system. */
  readonly visible: boolean;
  /** What the layers did to the path, the lowest first. */
  readonly events: readonly PathEventDocument[];
}
