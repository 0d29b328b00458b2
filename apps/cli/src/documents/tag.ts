import type { SCHEMA_VERSION } from '@layers/core/analysis';
/** The output of `layers tag --json`. */
export interface TagDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
  readonly image: { readonly id: string | null; readonly manifestDigest: string };
  /** The new name, as docker shows it. */
  readonly tag: string;
  readonly findings: readonly [];
}
