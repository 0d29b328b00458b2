/** The time and the amounts of one run of a stage. */
export interface Sample {
  readonly seconds: number;
  /** Processed bytes; null where a stage has none. */
  readonly bytes: number | null;
  /** Processed layer entries; null where a stage does not count them. */
  readonly entries: number | null;
}

export type StageName =
  | 'read'
  | 'inflate'
  | 'sha256'
  | 'walk'
  | 'parse'
  | 'union'
  | 'extract'
  /** All that `layers inspect` does. */
  | 'inspect';

export type LimitName =
  | 'file-read'
  | 'inflate-in-memory'
  | 'sha256-in-memory'
  | 'same-reads'
  | 'memory-copy'
  | 'write'
  | 'write-fsync'
  | 'same-files';

/** The best rate of this machine without our code. */
export interface Limit {
  readonly name: LimitName;
  readonly bytesPerSecond: number;
}

/** A measured stage. */
export interface Stage {
  readonly stage: StageName;
  /** The most threads that worked at once. */
  readonly threads: number;
  /** The fastest run, as for limits: other load on the machine only adds time. */
  readonly seconds: number;
  readonly medianSeconds: number;
  /** Seconds of each run, in order. */
  readonly runs: readonly number[];
  readonly processedBytes: number | null;
  readonly entries: number | null;
  /** Null without bytes, or if no time passed on the clock. */
  readonly bytesPerSecond: number | null;
  readonly entriesPerSecond: number | null;
  readonly limit: Limit | null;
  /** The share of the limit that the stage reaches; null where it has none. */
  readonly ofLimit: number | null;
}

/** Returns the stage of several runs of the same work. `samples` has at least one. */
export function stageOf(
  stage: StageName,
  samples: readonly Sample[],
  limit: Limit | null = null,
  threads = 1,
): Stage {
  const runs = samples.map(({ seconds }) => rounded(seconds, 1e6));
  const seconds = Math.min(...runs);
  const { bytes = null, entries = null } = samples[0] ?? {};
  const bytesPerSecond = rateOf(bytes, seconds);
  const ofLimit =
    limit === null || bytesPerSecond === null || limit.bytesPerSecond === 0
      ? null
      : rounded(bytesPerSecond / limit.bytesPerSecond, 1e4);
  return {
    stage,
    threads,
    seconds,
    medianSeconds: median(runs),
    runs,
    processedBytes: bytes,
    entries,
    bytesPerSecond,
    entriesPerSecond: rateOf(entries, seconds),
    limit,
    ofLimit,
  };
}

/** Returns the median; 0 without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
  return rounded((lower + upper) / 2, 1e6);
}

function rateOf(count: number | null, seconds: number): number | null {
  return count === null || seconds <= 0 ? null : Math.round(count / seconds);
}

function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
