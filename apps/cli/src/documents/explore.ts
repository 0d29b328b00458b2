import type { ImageInfo } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { Seen } from '@layers/explorer';

/** What `layers explore` exports: one of its views. */
export type ExploreDocument = Seen & {
  readonly schemaVersion: number;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly findings: readonly Finding[];
};
