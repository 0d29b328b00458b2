import type { Evidence } from './evidence.js';

/** How many things were found that a budget is about. */
export interface Counted {
  readonly count: number;
  readonly evidence: Evidence;
}
