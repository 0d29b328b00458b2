import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';

/** The result of `findDuplicates`. */
export interface DuplicatesDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly totals: DuplicatesTotals;
  /** The contents that are stored more than once, the most savable bytes first. Generated during iteration. */
  readonly duplicates: Iterable<DuplicateContent>;
  readonly findings: readonly Finding[];
}

/** Sums over all duplicates, also over those that are not listed. */
export interface DuplicatesTotals {
  /** Contents that are stored more than once. */
  readonly contents: number;
  /** Their copies, all but one of each content. */
  readonly extraCopies: number;
  /** Bytes that one copy in place of all would save. */
  readonly savableBytes: number;
  /** Bytes of the regular files that are reachable in the root file system. */
  readonly rootfsBytes: number;
}

/** A content that is stored more than once. */
export interface DuplicateContent {
  /** Bytes of one copy. */
  readonly sizeBytes: number;
  readonly copies: number;
  /** `sizeBytes × (copies - 1)`. */
  readonly savableBytes: number;
  /** The copies, in byte order of their paths. */
  readonly files: readonly DuplicateFile[];
}

/** A copy of a content. */
export interface DuplicateFile {
  /** The path; of a file with hard links, the first in byte order. */
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  /** Position of the layer that stores the copy. */
  readonly layer: number;
  /** The paths of the file: 1 and its other hard links. */
  readonly names: number;
}
