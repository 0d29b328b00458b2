/** What one run of a stage took and did. */
export interface Sample {
  readonly seconds: number;
  /** Bytes that went through; null where a stage has none. */
  readonly bytes: number | null;
  /** Members of layers that went through; null where a stage knows of none. */
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

/** What this machine does at best where nothing of ours is in the way. */
export interface Limit {
  readonly name: LimitName;
  readonly bytesPerSecond: number;
}

/** A stage measured. */
export interface Stage {
  readonly stage: StageName;
  /** The most threads that worked at once. */
  readonly threads: number;
  /** The fastest run, as limits are: others at work on the machine only ever add to it. */
  readonly seconds: number;
  readonly medianSeconds: number;
  /** What each run took, in their order. */
  readonly runs: readonly number[];
  readonly processedBytes: number | null;
  readonly entries: number | null;
  /** Null where there are no bytes, or the clock saw no time pass. */
  readonly bytesPerSecond: number | null;
  readonly entriesPerSecond: number | null;
  readonly limit: Limit | null;
  /** The share of the limit that the stage reaches; null where it has none. */
  readonly ofLimit: number | null;
}

/** The stage that several runs of the same work make. `samples` has one at least. */
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

/** The value in the middle; of an even number of values the mean of the two. 0 for none. */
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
