import type { Pool, ThreadLimits } from './threads.js';

/** A page reads an image in a worker of its own, which starts no others. */
export function availableThreads(): number {
  return 0;
}

export const SMALL_YOUNG_GENERATION: ThreadLimits = {};

export function openPool(): Promise<Pool> {
  throw new TypeError('a browser has no threads of Node');
}
