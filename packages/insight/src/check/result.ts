import type { Budget, BudgetLimit } from './budget.js';
import { type Decision, decide } from './compare.js';
import { NO_EVIDENCE } from './evidence.js';
import type { Measure, Measured } from './measure.js';
import { reasonOf } from './reason.js';
import type { CheckFigures, CheckLimit, CheckResult } from './report.js';
import { RULE_FACTS } from './rule-kinds.js';
import type { CheckRule } from './rules.js';

/** Returns whether an image keeps one budget. */
export function resultOf(
  rule: CheckRule,
  budget: Budget,
  figures: CheckFigures,
  measure: Measure,
): CheckResult {
  const { title, unit } = RULE_FACTS[rule];
  const limits = { fail: plain(budget.fail), warn: plain(budget.warn) };
  const measured = measure(rule, budget);
  const decision = typeof measured === 'string' ? null : decide(rule, budget, measured.figure);
  const skipped = typeof measured === 'string' ? measured : skipReason(measured, decision);
  if (typeof measured === 'string' || decision === null || skipped !== null) {
    const reason = skipped ?? '';
    return { rule, title, level: 'skip', limit: null, limits, actual: null, unit, reason, ...NO_EVIDENCE };
  }
  const { level, limit, actual } = decision;
  return {
    rule,
    title,
    level,
    limit: plain(limit),
    limits,
    actual,
    unit: limit.unit,
    reason: reasonOf(rule, decision, figures, { floor: budget.floor, listed: limit.items }),
    ...(level === 'pass' ? NO_EVIDENCE : measured.evidence(limit)),
  };
}

/** What was found crosses a limit whatever else there is; that nothing was found shows nothing where files are not known. */
function skipReason({ incomplete }: Measured, decision: Decision | null): string | null {
  if (decision === null) return 'no limit is given';
  return decision.level === 'pass' && incomplete !== null ? `not known: ${incomplete}` : null;
}

function plain(limit: BudgetLimit | null | undefined): CheckLimit | null {
  if (limit === undefined || limit === null) return null;
  const { text, value, unit, from } = limit;
  return { text, value, unit, from };
}
