import { BUILT_IN_RULES } from '../built-in-rules.js';
import { entropyOf } from '../checks/entropy.js';
import { type Candidate, FIRST_GROUP, MAX_REACH, type SecretRule } from '../rule.js';
import type { Allowlist, CustomRule, Pattern, RuleFile } from './rule-file.js';

/** The most bytes of a match before its keyword, and after. */
const BEFORE = 300;
const REACH = 400;

/** Returns the rules to scan with. */
export function rulesOf(file: RuleFile | null): readonly SecretRule[] {
  if (file === null) return BUILT_IN_RULES;
  const own = new Map(file.rules.map((rule) => [rule.id, rule]));
  const builtIn = file.usesBuiltIn ? BUILT_IN_RULES : [];
  const kept = builtIn.flatMap((rule) => {
    const change = own.get(rule.id);
    if (file.disabledRules.includes(rule.id) || isWhole(change)) return [];
    return [withAllowlists(rule, [...(change?.allowlists ?? []), ...file.allowlists])];
  });
  const added = file.rules
    .filter(isWhole)
    .map((rule) => withAllowlists(foreignRule(rule), [...rule.allowlists, ...file.allowlists]));
  // Of two rules that match at the same place, the first one reports it: a generic one only what no other one finds.
  const isGeneric = ({ id }: SecretRule): boolean => id.includes('generic');
  return [...added.filter((rule) => !isGeneric(rule)), ...kept, ...added.filter(isGeneric)];
}

/** Whether a rule is one of its own, not a change of a built-in one. */
function isWhole(rule: CustomRule | undefined): boolean {
  return rule !== undefined && (rule.pattern !== null || rule.path !== null);
}

function foreignRule(rule: CustomRule): SecretRule {
  const { id, description, keywords, entropy, secretGroup } = rule;
  const pattern = rule.pattern === null ? null : new RegExp(rule.pattern.source, rule.pattern.flags);
  return {
    id,
    description,
    severity: 'error',
    keywords: pattern === null ? [] : keywords,
    ignoresCase: true,
    pattern,
    reach: rule.isLong ? MAX_REACH : REACH,
    before: BEFORE,
    ...(rule.path === null ? {} : { path: new RegExp(rule.path.source, rule.path.flags) }),
    ...(pattern === null ? { within: 'files' as const } : {}),
    secretGroup: secretGroup ?? FIRST_GROUP,
    isForeign: true,
    judge: ({ secret }) => (entropy !== null && entropyOf(secret) <= entropy ? null : 'error'),
    isRandom: false,
  };
}

function withAllowlists(rule: SecretRule, lists: readonly Allowlist[]): SecretRule {
  const own = lists.filter(({ rules }) => rules === null || rules.includes(rule.id)).map(compileAllowlist);
  if (own.length === 0) return rule;
  return {
    ...rule,
    isForeign: true,
    judge(candidate) {
      const severity = rule.judge === undefined ? rule.severity : rule.judge(candidate);
      return severity === null || own.some((allows) => allows(candidate)) ? null : severity;
    },
  };
}

function compileAllowlist(list: Allowlist): (candidate: Candidate) => boolean {
  const compile = ({ source, flags }: Pattern): RegExp => new RegExp(source, flags);
  const [regexes, paths] = [list.regexes.map(compile), list.paths.map(compile)];
  const stopwords = list.stopwords.map((word) => word.toLowerCase());
  const conditions: ((candidate: Candidate) => boolean)[] = [];
  if (paths.length > 0)
    conditions.push(({ path }) => path !== '' && paths.some((pattern) => pattern.test(path.slice(1))));
  if (regexes.length > 0)
    conditions.push((candidate) => regexes.some((pattern) => pattern.test(targetOf(candidate, list))));
  if (stopwords.length > 0)
    conditions.push(({ secret }) => stopwords.some((word) => secret.toLowerCase().includes(word)));
  if (conditions.length === 0) return () => false;
  return (candidate) =>
    list.needsAll
      ? conditions.every((holds) => holds(candidate))
      : conditions.some((holds) => holds(candidate));
}

function targetOf(candidate: Candidate, { target }: Allowlist): string {
  if (target === 'line') return candidate.line();
  return target === 'match' ? candidate.match : candidate.secret;
}
