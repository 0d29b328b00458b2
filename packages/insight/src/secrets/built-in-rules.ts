import type { SecretRule } from './rule.js';
import { ASSIGNMENTS } from './rules/assignments.js';
import { CLOUDS } from './rules/clouds.js';
import { CODE_HOSTING } from './rules/code-hosting.js';
import { CREDENTIAL_FILES } from './rules/credential-files.js';
import { KEYS } from './rules/keys.js';
import { PACKAGE_REGISTRIES } from './rules/package-registries.js';
import { SERVICES } from './rules/services.js';
import { WEB_TOKENS } from './rules/web-tokens.js';

/** All built-in rules. Of two rules that match at the same place, the first one reports it. */
export const BUILT_IN_RULES: readonly SecretRule[] = [
  ...CODE_HOSTING,
  ...PACKAGE_REGISTRIES,
  ...CLOUDS,
  ...SERVICES,
  ...KEYS,
  ...CREDENTIAL_FILES,
  ...WEB_TOKENS,
  ...ASSIGNMENTS,
];
