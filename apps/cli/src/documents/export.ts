import type { ImageInfo } from '@layers/core/analysis';
import type { SourceInfo } from '@layers/core/image';

/** What `layers export --json` prints. */
export interface ExportDocument {
  readonly schemaVersion: 1;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly output: { readonly path: string; readonly bytes: number; readonly entries: number };
  readonly findings: readonly [];
}
