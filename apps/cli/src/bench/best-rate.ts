import { now } from './clock.js';

/** The longest measurement of a limit of the machine. */
const LIMIT_SECONDS = 0.25;

/**
 * Returns the highest rate in bytes per second of `slice`, which returns the bytes that it processed. Repeats it for
 * 250 ms, at least once. The highest rate is the limit of the machine, undisturbed by other processes.
 */
export function bestRate(slice: () => number, maxSeconds: number): number {
  let best = 0;
  const ends = now() + Math.min(LIMIT_SECONDS, maxSeconds);
  do {
    const began = now();
    const bytes = slice();
    const seconds = now() - began;
    if (seconds > 0) best = Math.max(best, bytes / seconds);
  } while (now() < ends);
  return Math.round(best);
}
