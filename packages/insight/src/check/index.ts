export type { Against } from './against.js';
export { type Budget, type BudgetLimit, type Budgets, isChecked, mergeBudgets } from './budget.js';
export { type CheckOptions, checkDocument } from './check.js';
export { type BudgetFile, parseBudgetFile } from './config/budget-file.js';
export { type DiveFile, parseDiveFile } from './config/dive-file.js';
export { DIVE_DEFAULTS } from './defaults.js';
export { isOff, NotALimit, parseFloor, parseLimit } from './limit-text.js';
export type {
  CheckAgainst,
  CheckBase,
  CheckDive,
  CheckEvidence,
  CheckFigures,
  CheckLayer,
  CheckLevel,
  CheckLimit,
  CheckReport,
  CheckResult,
  CheckUnit,
} from './report.js';
export { CHECK_RULES, type CheckRule } from './rules.js';
export { parseSavedFigures, type SavedFigures } from './saved-figures.js';
