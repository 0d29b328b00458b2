import { setImmediate } from 'node:timers/promises';

/** How stages are run, and who hears of it. */
export interface BenchOptions {
  /** How often each stage is run. */
  readonly runs: number;
  /** Nothing is run again once its runs took so many seconds together. */
  readonly maxSeconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { readonly doneBytes: number; readonly totalBytes: number | null }) => void)
    | undefined;
  /** Says what is measured from now on. */
  readonly begin: (what: string) => void;
}

const TURN_BYTES = 4 * 1024 * 1024;

/** Lets signals be heard during work that never waits by itself. Throws the signal's reason once it is aborted. */
export async function turn({ signal }: Pick<BenchOptions, 'signal'>): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

/** Counts bytes of work, and has a turn and tells the progress after every 4 MiB. */
export function createTurns(
  options: BenchOptions,
  totalBytes: number,
): (bytes: number) => Promise<void> | undefined {
  let doneBytes = 0;
  let next = TURN_BYTES;
  return (bytes) => {
    doneBytes += bytes;
    if (doneBytes < next) return undefined;
    next = doneBytes + TURN_BYTES;
    options.onProgress?.({ doneBytes, totalBytes });
    return turn(options);
  };
}
