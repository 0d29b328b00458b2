import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Removal } from '@layers/store/garbage';

/** What `layers rmi --json` prints. */
export interface RmiDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
  readonly removals: readonly Removal[];
  /** What could not be removed, and why. */
  readonly failures: readonly {
    readonly reference: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly findings: readonly [];
}
