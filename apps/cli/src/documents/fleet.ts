import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { ResultValue } from '@layers/fleet';

/** The output of `layers fleet scan --json`. */
export interface FleetScanDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** The folder of the fleet. */
  readonly fleet: string;
  /** Archives and layouts. */
  readonly sources: number;
  /** Those that did not change since the last scan. */
  readonly unchangedSources: number;
  /** Distinct images. */
  readonly images: number;
  readonly newImages: number;
  /** Distinct blobs of layers that were not known. */
  readonly newLayers: number;
  /** Rows of the table `problems`. */
  readonly problems: number;
  readonly findings: readonly [];
}

/** The output of `layers fleet merge --json`. */
export interface FleetMergeDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** The folder of the merged fleet. */
  readonly fleet: string;
  /** Archives and layouts. */
  readonly sources: number;
  /** Distinct images. */
  readonly images: number;
  /** Distinct blobs of layers. */
  readonly layers: number;
  /** Rows of the table `problems`. */
  readonly problems: number;
  readonly findings: readonly [];
}

/** The output of the other actions of `layers fleet` with `--json`. */
export interface FleetRowsDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly columns: readonly FleetRowsColumn[];
  /** Each with a field for each column. */
  readonly rows: readonly FleetRow[];
  readonly findings: readonly [];
}

export interface FleetRowsColumn {
  readonly name: string;
  /** As DuckDB names it. */
  readonly type: string;
}

export type FleetRow = Readonly<Record<string, ResultValue>>;
