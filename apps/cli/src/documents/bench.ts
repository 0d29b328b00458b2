import type { ImageInfo, InspectDocument, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { Measurements } from '../bench/measure.js';
import type { Limit, Stage } from '../bench/stage.js';

/** The output of `layers bench --json`. */
export interface BenchDocument extends Measurements {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly totals: InspectDocument['totals'];
  readonly machine: Machine;
  readonly stages: readonly Stage[];
  readonly limits: readonly Limit[];
  readonly findings: readonly Finding[];
}

/** The machine that was measured. */
export interface Machine {
  readonly os: string;
  readonly release: string;
  readonly arch: string;
  readonly cpu: string;
  /** The number of threads that can run in parallel. */
  readonly cpus: number;
  /** The load average of the last minute; 0 where the system has none. */
  readonly load: number;
  readonly memoryBytes: number;
  readonly node: string;
  readonly layers: string;
}
