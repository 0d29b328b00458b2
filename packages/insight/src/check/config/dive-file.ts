import { createFinding, type Finding } from '@layers/core/findings';
import { type Budget, type Budgets, mergeBudgets } from '../budget.js';
import { DIVE_DEFAULTS } from '../defaults.js';
import { parseDiveLimit } from '../limit-text.js';
import type { CheckRule } from '../rules.js';
import { entriesOf, textOf, withPlace } from './values.js';
import { type YamlEntry, YamlFile } from './yaml-file.js';

/** The rules of dive. Its library for configurations ignores case. */
const DIVE_RULES: ReadonlyMap<string, CheckRule> = new Map([
  ['lowestefficiency', 'efficiency'],
  ['highestwastedbytes', 'wasted-bytes'],
  ['highestuserwastedpercent', 'wasted-share'],
]);

/** What a `.dive-ci` says. */
export interface DiveFile {
  /** Those of the file, and the defaults of dive for its other rules. */
  readonly budgets: Budgets;
  /** About rules that dive does not have. */
  readonly findings: readonly Finding[];
}

/**
 * Parses a `.dive-ci`. Keys that dive ignores are ignored.
 *
 * @param path its name, for errors and for the origin of limits
 * @throws LayersError ERR_LAYERS_BUDGETS with the line, for a value that is no limit
 */
export async function parseDiveFile(text: string, path: string): Promise<DiveFile> {
  const { root } = await YamlFile.parse(text, path);
  const top = root.content().kind === 'none' ? [] : entriesOf(root);
  const rules = top.find(({ key }) => key.toLowerCase() === 'rules')?.value;
  const budgets: [CheckRule, Budget][] = [];
  const findings: Finding[] = [];
  for (const entry of rules === undefined || rules.content().kind === 'none' ? [] : entriesOf(rules)) {
    const rule = DIVE_RULES.get(entry.key.toLowerCase());
    if (rule === undefined) findings.push(unknownRule(entry, path));
    // A rule without a value has its default.
    else if (entry.value.content().kind !== 'none') budgets.push([rule, budgetOf(rule, entry)]);
  }
  return { budgets: mergeBudgets(Object.fromEntries(budgets), DIVE_DEFAULTS), findings };
}

function budgetOf(rule: CheckRule, { value }: YamlEntry): Budget {
  const text = textOf(value);
  if (OFF.has(text.toLowerCase())) return { off: true };
  return { fail: withPlace(value, (from) => parseDiveLimit(rule, text, from)) };
}

/** The words of dive. */
const OFF: ReadonlySet<string> = new Set(['', 'off', 'disabled', 'false']);

function unknownRule({ key }: YamlEntry, path: string): Finding {
  const name = JSON.stringify(key.slice(0, 100));
  return createFinding('rule-not-used', `the rule ${name} of ${path} is not used: dive does not have it`);
}
