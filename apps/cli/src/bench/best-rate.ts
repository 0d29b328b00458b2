import { now } from './clock.js';

/** The longest measurement of a limit of the machine. */
const LIMIT_SECONDS = 0.25;

/**
 * The most bytes a second that `slice`, which gives how many it did, came to within 250 ms: a limit is what the machine
 * can do, not what it does while others are at work. 0 where it never did any. One slice is done at least.
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
