import type { Budget, BudgetLimit } from './budget.js';
import type { CheckLevel } from './report.js';
import type { CheckRule } from './rules.js';

/** What was decided, and by which limit. */
export interface Decision {
  readonly level: Exclude<CheckLevel, 'skip'>;
  readonly limit: BudgetLimit;
  readonly actual: number;
  /** Whether a limit was crossed, but by fewer bytes than the floor. */
  readonly isBelowFloor: boolean;
}

/** A figure in the units that its limits may have. Null where it is not known in that unit. */
export interface Figure {
  readonly in: (limit: BudgetLimit) => number | null;
  /** The bytes that the floor is compared with. */
  readonly floorBytes?: number | undefined;
}

/**
 * Compares a figure with the limits of its budget. A figure that equals its limit keeps it, as for dive. Returns null where
 * there is no limit, or where the figure is not known.
 */
export function decide(rule: CheckRule, budget: Budget, figure: Figure): Decision | null {
  const isBelowFloor =
    budget.floor !== undefined && figure.floorBytes !== undefined && figure.floorBytes < budget.floor.value;
  let nearest: Decision | null = null;
  for (const level of ['fail', 'warn'] as const) {
    const limit = budget[level];
    if (limit === undefined || limit === null) continue;
    const actual = figure.in(limit);
    if (actual === null) continue;
    const isCrossed = rule === 'efficiency' ? actual < limit.value : actual > limit.value;
    if (isCrossed && !isBelowFloor) return { level, limit, actual, isBelowFloor: false };
    // The warning is the limit that is reached first.
    nearest = { level: 'pass', limit, actual, isBelowFloor: isCrossed };
  }
  return nearest;
}
