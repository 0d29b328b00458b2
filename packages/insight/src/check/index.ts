export type {
  CheckAgainst,
  CheckBase,
  CheckEvidence,
  CheckFigures,
  CheckLayer,
  CheckLevel,
  CheckLimit,
  CheckReport,
  CheckResult,
} from './report.js';
export { CHECK_RULES, type CheckRule } from './rules.js';
