import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';

/** The output of `layers config --json` without an edit. */
export interface ConfigDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  /** `config` has the execution parameters, as stored. */
  readonly image: ImageInfo;
  readonly findings: readonly Finding[];
}
