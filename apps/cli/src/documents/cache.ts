import type { SCHEMA_VERSION } from '@layers/core/analysis';

/** The output of `layers cache info --json`. */
export interface CacheInfoDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Null where there is no cache. */
  readonly path: string | null;
  readonly files: number;
  readonly sizeBytes: number;
  /** Above this, what was not used for the longest time is removed. */
  readonly limitBytes: number;
  readonly findings: readonly [];
}

/** The output of `layers cache prune --json`. */
export interface CachePruneDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Null where there is no cache. */
  readonly path: string | null;
  /** Whether nothing was removed. */
  readonly dryRun: boolean;
  readonly removedFiles: number;
  readonly reclaimedBytes: number;
  readonly findings: readonly [];
}
