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
  /** Distinct tars of layers whose chunks were found. */
  readonly chunkedLayers: number;
  /** Rows of the table `problems`. */
  readonly problems: number;
  readonly findings: readonly [];
}

/** The output of `layers fleet enqueue --json`. */
export interface FleetEnqueueDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Archives and layouts that were named. */
  readonly sources: number;
  /** Sources in the queue, with those that workers read at that moment. */
  readonly queued: number;
  readonly findings: readonly [];
}

/** The output of `layers fleet worker --json`. */
export interface FleetWorkerDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** The folder of the fleet. */
  readonly fleet: string;
  /** Sources that were read. */
  readonly sources: number;
  readonly newImages: number;
  /** Distinct blobs of layers that were not known. */
  readonly newLayers: number;
  /** What is wrong with these sources. */
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
