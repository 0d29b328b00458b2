export { type Baseline, parseBaseline } from './baseline.js';
export type { ConfigKind } from './config/config-texts.js';
export { loadRules } from './custom/load-rules.js';
export type { Allowlist, CustomRule, Pattern, RuleFile } from './custom/rule-file.js';
export type {
  ConfigPlace,
  FilePlace,
  Secret,
  SecretPlace,
  SecretsDocument,
  SecretsTotals,
} from './document.js';
export {
  ruleFindings,
  type SecretsOptions,
  secretsDocument,
  selectSecrets,
  withoutSecrets,
} from './find-secrets.js';
export { documentSecrets, type ImageSecrets, imageSecrets, textRedactor } from './image-secrets.js';
export { findOwners } from './owners/find-owners.js';
export { SECRET_SEVERITIES, type SecretSeverity } from './rule.js';
