import { setImmediate } from 'node:timers/promises';

/** Lets other things happen now and then during long work that would not wait by itself, such as a signal. */
export interface Yielder {
  /** Counts bytes that were worked on; whether it is time for others. */
  take(bytes: number): boolean;
  /** Throws the signal's reason once it is aborted. */
  next(): Promise<void>;
}

const TURN_BYTES = 32 * 1024 * 1024;

export function createTurns(signal: AbortSignal | undefined): Yielder {
  let bytes = 0;
  return {
    take(more) {
      bytes += more;
      return bytes >= TURN_BYTES;
    },
    async next() {
      bytes = 0;
      await setImmediate();
      signal?.throwIfAborted();
    },
  };
}
