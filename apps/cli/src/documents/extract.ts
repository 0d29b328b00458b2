import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { ExtractReport, NotDoneKind } from '@layers/rewrite/extract';

/** The output of `layers extract --json`. */
export interface ExtractDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** Position of the last layer that was read; null for the whole image. */
  readonly upToLayer: number | null;
  readonly output: { readonly path: string };
  readonly written: Pick<
    ExtractReport,
    'files' | 'directories' | 'symlinks' | 'links' | 'others' | 'writtenBytes'
  >;
  /** The number of failures of each kind. */
  readonly notDoneCounts: Readonly<Partial<Record<NotDoneKind, number>>>;
  /** The first failures of each kind. */
  readonly notDone: readonly NotDoneItem[];
  /** Findings about the image that was read. */
  readonly findings: readonly Finding[];
}

export interface NotDoneItem {
  readonly path: string;
  /** Base64 of the path's bytes, where they are not UTF-8. */
  readonly pathBase64?: string;
  readonly what: NotDoneKind;
  readonly message: string;
}
