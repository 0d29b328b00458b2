import { setImmediate } from 'node:timers/promises';
import type { Progress } from '@layers/core/image';

/** Lets other things happen now and then during work that never waits by itself, such as a signal. */
export interface Turns {
  /** Counts a step, and bytes of contents that it took; whether it is time for others. */
  take(bytes: number): boolean;
  /** Tells of the progress. Throws the signal's reason once it is aborted. */
  next(): Promise<void>;
}

const TURN_BYTES = 4 * 1024 * 1024;
const TURN_STEPS = 1000;

export interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** @param totalBytes of all contents that are to be read */
export function createTurns({ signal, onProgress }: TurnOptions, totalBytes: number): Turns {
  let bytes = 0;
  let steps = 0;
  let doneBytes = 0;
  return {
    take(more) {
      bytes += more;
      doneBytes += more;
      steps++;
      return bytes >= TURN_BYTES || steps >= TURN_STEPS;
    },
    async next() {
      bytes = 0;
      steps = 0;
      onProgress?.({ doneBytes, totalBytes });
      await setImmediate();
      signal?.throwIfAborted();
    },
  };
}
