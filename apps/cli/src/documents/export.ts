import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { WholeCompression } from './archive-form.js';

/** The output of `layers export --json`. */
export interface ExportDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** Position of the last layer that was read; null for the whole image. */
  readonly upToLayer: number | null;
  readonly output: {
    readonly path: string;
    readonly compression: WholeCompression;
    readonly sizeBytes: number;
    readonly entries: number;
  };
  /** Findings about the image that was read. */
  readonly findings: readonly Finding[];
}
