import type { StoreCheck } from '@layers/store/check';

/** What `layers store path --json` prints. */
export interface StorePathDocument {
  readonly schemaVersion: 1;
  readonly path: string;
  readonly findings: readonly [];
}

/** What `layers store check --json` prints. */
export interface StoreCheckDocument extends StoreCheck {
  readonly schemaVersion: 1;
  readonly store: { readonly path: string };
  readonly findings: readonly [];
}
