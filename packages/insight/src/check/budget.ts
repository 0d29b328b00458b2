import type { SecretSeverity } from '../secrets/index.js';
import type { CheckLimit } from './report.js';
import { CHECK_RULES, type CheckRule } from './rules.js';

/** A limit with the globs or labels that it is about, for the rules that list some. */
export interface BudgetLimit extends CheckLimit {
  readonly items?: readonly string[] | undefined;
}

/** What one rule demands. */
export interface Budget {
  /** Switches the rule off. */
  readonly off?: boolean | undefined;
  /** Null switches this level off. */
  readonly fail?: BudgetLimit | null | undefined;
  /** Null switches this level off. */
  readonly warn?: BudgetLimit | null | undefined;
  /** Shares are not blamed where fewer bytes are wasted, or were added. */
  readonly floor?: CheckLimit | undefined;
  /** `setuid`: globs of files that may have these rights. */
  readonly allow?: readonly string[] | undefined;
  /** `secrets`: the least severity that counts. Default: `warning`. */
  readonly severity?: SecretSeverity | undefined;
  /** `secrets`: a file of rules in the format of gitleaks. */
  readonly rules?: string | undefined;
  /** `secrets`: the JSON of an earlier run of `layers secrets`, whose secrets do not count. */
  readonly baseline?: string | undefined;
}

/** What each rule demands. A rule that is missing is not checked. */
export type Budgets = Readonly<Partial<Record<CheckRule, Budget>>>;

/** Merges budgets. Those that are named first win, for each limit of each rule. */
export function mergeBudgets(...sources: readonly Budgets[]): Budgets {
  const merged = new Map<CheckRule, Budget>();
  for (const source of [...sources].reverse()) {
    for (const rule of rulesIn(source)) {
      const below = merged.get(rule);
      const above = source[rule] ?? {};
      const isNew = below === undefined || below.off === true || above.off === true;
      merged.set(rule, isNew ? above : { ...below, ...above });
    }
  }
  return Object.fromEntries(merged);
}

/** Whether a budget has a limit, and is not switched off. */
export function isChecked(budget: Budget | undefined): budget is Budget {
  return budget !== undefined && budget.off !== true && (budget.fail ?? budget.warn ?? null) !== null;
}

/** Returns the rules that budgets name, switched off ones too. */
export function rulesIn(budgets: Budgets): CheckRule[] {
  return CHECK_RULES.filter((rule) => budgets[rule] !== undefined);
}
