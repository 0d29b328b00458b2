import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { StoreCheck } from '@layers/store/check';

/** The output of `layers store path --json`. */
export interface StorePathDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly path: string;
  readonly findings: readonly [];
}

/** The output of `layers store check --json`. */
export interface StoreCheckDocument extends StoreCheck {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
}
