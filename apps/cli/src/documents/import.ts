import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { ImportReport } from '@layers/store/import';
import type { LoadedImageFields } from './load.js';
import type { PushedName } from './transfer.js';

/** The output of `layers import --json`. */
export interface ImportDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Null where the image was sent to a registry. */
  readonly store: { readonly path: string } | null;
  /** The tar that was imported. */
  readonly source: Pick<ImportReport, 'compression' | 'entries' | 'tarBytes'> & { readonly path: string };
  readonly image: Pick<LoadedImageFields, 'id' | 'manifestDigest' | 'tags'> &
    /** For an image of the store. */
    Partial<LoadedImageFields> & { readonly created: string };
  /** What the registry has now; null for the store. */
  readonly pushed: PushedName | null;
  readonly findings: readonly Finding[];
}
