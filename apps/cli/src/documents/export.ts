import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { SourceInfo } from '@layers/core/image';

/** The output of `layers export --json`. */
export interface ExportDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly output: { readonly path: string; readonly sizeBytes: number; readonly entries: number };
  readonly findings: readonly [];
}
