import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Removal } from '@layers/store/garbage';

/** The output of `layers rmi --json`. */
export interface RmiDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
  readonly removals: readonly Removal[];
  /** The names that could not be removed, with the errors. */
  readonly failures: readonly {
    readonly reference: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly findings: readonly [];
}
