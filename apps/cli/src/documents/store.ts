import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { StoreCheck } from '@layers/store/check';

/** What `layers store path --json` prints. */
export interface StorePathDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly path: string;
  readonly findings: readonly [];
}

/** What `layers store check --json` prints. */
export interface StoreCheckDocument extends StoreCheck {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
}
