import type { SCHEMA_VERSION } from '@layers/core/analysis';
/** What `layers tag --json` prints. */
export interface TagDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
  readonly image: { readonly id: string | null; readonly manifestDigest: string };
  /** The new name, as docker shows it. */
  readonly tag: string;
  readonly findings: readonly [];
}
