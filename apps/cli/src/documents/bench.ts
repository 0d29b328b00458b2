import type { ImageInfo, InspectDocument, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { Measurements } from '../bench/measure.js';
import type { Limit, Stage } from '../bench/stage.js';

/** What `layers bench --json` prints. */
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

/** Where it was measured. */
export interface Machine {
  readonly os: string;
  readonly release: string;
  readonly arch: string;
  readonly cpu: string;
  /** How many threads can work at once. */
  readonly cpus: number;
  /** Threads that wanted to work in the minute before, on average; 0 where the system does not tell. */
  readonly load: number;
  readonly memoryBytes: number;
  readonly node: string;
  readonly layers: string;
}
