import type { CheckUnit } from './report.js';
import { CHECK_RULES, type CheckRule } from './rules.js';

/**
 * How a budget is written.
 *
 * - `ratio`: `0.95`, `95%`
 * - `bytes`: `20MB`
 * - `growth`: `20MB`, `5%`
 * - `count`: `30`
 * - `presence`: nothing may be found: `fail`, `warn`
 * - `globs`, `labels`: a list
 */
export type RuleKind = 'ratio' | 'bytes' | 'growth' | 'count' | 'presence' | 'globs' | 'labels';

interface RuleFacts {
  readonly title: string;
  readonly kind: RuleKind;
  readonly unit: CheckUnit;
}

export const RULE_FACTS: Readonly<Record<CheckRule, RuleFacts>> = {
  efficiency: { title: 'efficiency', kind: 'ratio', unit: 'ratio' },
  'wasted-bytes': { title: 'wasted bytes', kind: 'bytes', unit: 'bytes' },
  'wasted-share': { title: 'wasted share', kind: 'ratio', unit: 'ratio' },
  'stored-size': { title: 'stored size', kind: 'bytes', unit: 'bytes' },
  'content-size': { title: 'content size', kind: 'bytes', unit: 'bytes' },
  layers: { title: 'layers', kind: 'count', unit: 'count' },
  'layer-size': { title: 'biggest layer', kind: 'bytes', unit: 'bytes' },
  'added-size': { title: 'added to the base', kind: 'bytes', unit: 'bytes' },
  growth: { title: 'growth', kind: 'growth', unit: 'bytes' },
  'forbidden-paths': { title: 'forbidden paths', kind: 'globs', unit: 'count' },
  junk: { title: 'junk', kind: 'bytes', unit: 'bytes' },
  secrets: { title: 'secrets', kind: 'presence', unit: 'count' },
  setuid: { title: 'setuid files', kind: 'presence', unit: 'count' },
  labels: { title: 'labels', kind: 'labels', unit: 'count' },
  user: { title: 'user', kind: 'presence', unit: 'count' },
};

/** The name of each rule in `.layers.yaml`: `wastedBytes`. */
export const RULE_KEYS: ReadonlyMap<string, CheckRule> = new Map(
  CHECK_RULES.map((rule) => [rule.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()), rule]),
);

/** Whether a budget allows nothing at all of what it is about, so that its limit is no number. */
export function isList(rule: CheckRule): boolean {
  return ['presence', 'globs', 'labels'].includes(RULE_FACTS[rule].kind);
}
