import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { ImportReport } from '@layers/store/import';
import type { LoadedImageFields } from './load.js';

/** The output of `layers import --json`. */
export interface ImportDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
  /** The tar that was imported. */
  readonly source: Pick<ImportReport, 'compression' | 'entries' | 'tarBytes'> & { readonly path: string };
  readonly image: LoadedImageFields & { readonly created: string };
  readonly findings: readonly Finding[];
}
