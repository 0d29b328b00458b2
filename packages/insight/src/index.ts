export type { AdviseOptions } from './advise/advise.js';
export type { AdviceCode } from './advise/codes.js';
export type {
  Advice,
  AdviceDocument,
  AdvicePath,
  AdviceTotals,
  LayerStep,
  StoringLayer,
} from './advise/document.js';
export { adviseImage } from './api/advise.js';
export { type CheckImageOptions, checkImage } from './api/check.js';
export { findDuplicates } from './api/duplicates.js';
export { findFiles } from './api/find.js';
export { pathLog } from './api/log.js';
export { listPackages } from './api/packages.js';
export { sbomOf } from './api/sbom.js';
export { findSecrets } from './api/secrets.js';
export { type Budget, type BudgetLimit, type Budgets, mergeBudgets } from './check/budget.js';
export { type BudgetFile, parseBudgetFile } from './check/config/budget-file.js';
export { type DiveFile, parseDiveFile } from './check/config/dive-file.js';
export { parseLimit } from './check/limit-text.js';
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
} from './check/report.js';
export type { CheckRule } from './check/rules.js';
export { parseSavedFigures, type SavedFigures } from './check/saved-figures.js';
export type {
  DuplicateContent,
  DuplicateFile,
  DuplicatesDocument,
  DuplicatesTotals,
} from './duplicates/document.js';
export type { DuplicatesOptions } from './duplicates/find-duplicates.js';
export type { PathEventDocument } from './events/document.js';
export type { PathChange } from './events/path-events.js';
export type { FindDocument, FoundPath } from './find/document.js';
export type { FindFilters } from './find/filters.js';
export type { FindOptions } from './find/find-files.js';
export type { LogCause, LogDocument, LogEvent } from './log/document.js';
export type { LogOptions } from './log/path-log.js';
export type {
  Distribution,
  ImagePackage,
  PackagesDocument,
  PackagesTotals,
} from './packages/document.js';
export type { PackageType } from './packages/package-type.js';
export type { PackagesOptions } from './packages/packages-document.js';
export type { SbomOptions } from './sbom/options.js';
export {
  type Allowlist,
  type Baseline,
  type ConfigKind,
  type ConfigPlace,
  type CustomRule,
  type FilePlace,
  loadRules,
  type Pattern,
  parseBaseline,
  type RuleFile,
  type Secret,
  type SecretPlace,
  type SecretSeverity,
  type SecretsDocument,
  type SecretsOptions,
  type SecretsTotals,
} from './secrets/index.js';
