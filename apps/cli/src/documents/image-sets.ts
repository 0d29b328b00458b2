import type { ImageListDocument, InspectDocument, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';

/** An input, or an image of it, that could not be read. */
export interface FailedInput {
  /** The name of the input as given, or its path in the folder that was given. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** The output of `layers inspect --json` for several images. */
export interface InspectListDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** The most wasteful first. */
  readonly images: readonly InspectDocument[];
  readonly failures: readonly FailedInput[];
  /** Files of folders that are not images. */
  readonly skipped: readonly string[];
  /** Empty: each image has its own. */
  readonly findings: readonly Finding[];
}

/** The output of `layers list --json` for several archives. */
export interface ArchiveListDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly archives: readonly ImageListDocument[];
  readonly failures: readonly FailedInput[];
  /** Files of folders that are not images. */
  readonly skipped: readonly string[];
  /** Empty: each archive has its own. */
  readonly findings: readonly Finding[];
}
