import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { PruneReport } from '@layers/store/garbage';

/** The output of `layers prune --json`. */
export interface PruneDocument extends PruneReport {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly store: { readonly path: string };
  /** Whether nothing was deleted. */
  readonly dryRun: boolean;
  readonly findings: readonly [];
}
