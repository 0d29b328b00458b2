import { sharedCounters } from '#core/io/shared-counters.js';
import type { ReadOptions } from './open-archive.js';

interface ProgressWatch {
  readonly counter: BigInt64Array | null;
  start(totalBytes: number): void;
  stop(): void;
}

const PROGRESS_MS = 100;

/** Reports progress at intervals, from the counter that the threads share. */
export function watchProgress({ onProgress }: ReadOptions): ProgressWatch {
  if (onProgress === undefined) return { counter: null, start: () => undefined, stop: () => undefined };
  const counter = sharedCounters(1);
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    counter,
    start(totalBytes) {
      timer = setInterval(() => {
        onProgress({ doneBytes: Math.min(Number(Atomics.load(counter, 0)), totalBytes), totalBytes });
      }, PROGRESS_MS);
      // A timer of a browser is a number.
      if (typeof timer === 'object') timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
