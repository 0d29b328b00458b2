import {
  type Budget,
  type BudgetFile,
  type BudgetLimit,
  type Budgets,
  CHECK_RULES,
  type CheckLimit,
  type CheckRule,
  DIVE_DEFAULTS,
  isChecked,
  isOff,
  mergeBudgets,
  NotALimit,
  parseFloor,
  parseLimit,
} from '@layers/insight/check';
import { usageError } from '../command-error.js';
import type { ImageFlags } from '../session.js';
import type { CheckReportFlags } from '../write/check-reports.js';

export interface CheckFlags extends ImageFlags, CheckReportFlags {
  readonly metrics?: 'layers' | 'dive';
  readonly config?: string;
  readonly ciConfig?: string;
  readonly base?: string;
  readonly against?: string;
  readonly minEfficiency?: string;
  readonly maxWasted?: string;
  readonly maxWastedShare?: string;
  readonly maxStoredSize?: string;
  readonly maxContentSize?: string;
  readonly maxLayers?: string;
  readonly maxLayerSize?: string;
  readonly maxAddedSize?: string;
  readonly maxGrowth?: string;
  readonly maxJunk?: string;
  readonly forbid?: readonly string[];
  readonly forbidSecrets?: boolean;
  readonly forbidSetuid?: boolean;
  readonly forbidRoot?: boolean;
  readonly requireLabel?: readonly string[];
  readonly warn?: readonly string[];
  readonly skip?: readonly string[];
  readonly floor?: string;
  readonly strict?: boolean;
}

/** Budgets in the order in which they win: options, then the files. */
interface OtherBudgets {
  readonly file: Pick<BudgetFile, 'budgets' | 'base' | 'against'> | null;
  readonly dive: Budgets | null;
}

/**
 * Returns the budgets of options and files. Without any limit that can be checked, those are checked
 * too that dive has by default.
 *
 * @throws LayersError ERR_LAYERS_USAGE
 */
export function budgetsOf(flags: CheckFlags, { file, dive }: OtherBudgets): Budgets {
  const own = mergeBudgets(budgetsOfFlags(flags), file?.budgets ?? {});
  const missing: readonly (CheckRule | null)[] = [
    (flags.base ?? file?.base ?? null) === null ? 'added-size' : null,
    (flags.against ?? file?.against ?? null) === null ? 'growth' : null,
  ];
  const hasLimit = CHECK_RULES.some((rule) => isChecked(own[rule]) && !missing.includes(rule));
  const merged = mergeBudgets(own, dive ?? (hasLimit ? {} : DIVE_DEFAULTS));
  const floor = floorOfFlags(flags);
  if (floor === undefined) return merged;
  const floored = WITH_FLOOR.flatMap((rule) => (isChecked(merged[rule]) ? [[rule, { floor }] as const] : []));
  return mergeBudgets(Object.fromEntries(floored), merged);
}

/** The rules about shares. */
const WITH_FLOOR = ['efficiency', 'wasted-share', 'growth'] as const;

function budgetsOfFlags(flags: CheckFlags): Budgets {
  const single = (rule: CheckRule, option: string, text: string | undefined): Budgets =>
    text === undefined ? {} : { [rule]: budgetOf(rule, option, [text]) };
  const listed = (rule: CheckRule, option: string, texts: readonly string[] | undefined): Budgets =>
    texts === undefined ? {} : { [rule]: budgetOf(rule, option, texts) };
  const present = (rule: CheckRule, option: string, isGiven: boolean | undefined): Budgets =>
    isGiven === true ? { [rule]: { fail: parseLimit(rule, [], option) } } : {};
  const failing: Budgets = {
    ...single('efficiency', '--min-efficiency', flags.minEfficiency),
    ...single('wasted-bytes', '--max-wasted', flags.maxWasted),
    ...single('wasted-share', '--max-wasted-share', flags.maxWastedShare),
    ...single('stored-size', '--max-stored-size', flags.maxStoredSize),
    ...single('content-size', '--max-content-size', flags.maxContentSize),
    ...single('layers', '--max-layers', flags.maxLayers),
    ...single('layer-size', '--max-layer-size', flags.maxLayerSize),
    ...single('added-size', '--max-added-size', flags.maxAddedSize),
    ...single('growth', '--max-growth', flags.maxGrowth),
    ...single('junk', '--max-junk', flags.maxJunk),
    ...listed('forbidden-paths', '--forbid', flags.forbid),
    ...listed('labels', '--require-label', flags.requireLabel),
    ...present('secrets', '--forbid-secrets', flags.forbidSecrets),
    ...present('setuid', '--forbid-setuid', flags.forbidSetuid),
    ...present('user', '--forbid-root', flags.forbidRoot),
  };
  const skipped = (flags.skip ?? []).map(
    (name) => [ruleNamed(name, `--skip ${name}`), { off: true }] as const,
  );
  return mergeBudgets(Object.fromEntries(skipped), withWarnings(failing, warnings(flags.warn ?? [])));
}

/** Adds limits that warn. Those win over an option that switches a budget off: only what fails is then off. */
function withWarnings(failing: Budgets, warning: Budgets): Budgets {
  const off = CHECK_RULES.filter((rule) => failing[rule]?.off === true && warning[rule] !== undefined);
  const levels = Object.fromEntries(off.map((rule) => [rule, { fail: null }]));
  return mergeBudgets(warning, { ...failing, ...levels });
}

function floorOfFlags({ floor }: CheckFlags): CheckLimit | undefined {
  return floor === undefined ? undefined : asOption('--floor', () => parseFloor(floor, '--floor'));
}

function budgetOf(rule: CheckRule, option: string, texts: readonly string[]): Budget {
  const limit = limitOf(rule, option, texts);
  return limit === null ? { off: true } : { fail: limit };
}

/** Returns the limit; null for `off`. */
function limitOf(rule: CheckRule, option: string, texts: readonly string[]): BudgetLimit | null {
  const isAlone = texts.length === 1;
  if (isAlone && texts.some(isOff)) return null;
  if (!isAlone && texts.some(isOff)) throw usageError(`${option}: both off and a limit`, 'give one of them');
  const limit = asOption(option, () => parseLimit(rule, texts, option));
  if (limit.items === undefined && texts.length > 1)
    throw usageError(`${option}: two limits`, 'give one of them');
  return limit;
}

/** Parses `RULE=LIMIT`, or `RULE` for one that needs no limit. */
function warnings(texts: readonly string[]): Budgets {
  const limits = new Map<CheckRule, string[]>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = at === -1 ? text : text.slice(0, at);
    const rule = ruleNamed(name, `--warn ${JSON.stringify(text)}`);
    limits.set(rule, [...(limits.get(rule) ?? []), ...(at === -1 ? [] : [text.slice(at + 1)])]);
  }
  return Object.fromEntries(
    Array.from(limits, ([rule, items]) => [rule, { warn: limitOf(rule, `--warn ${rule}`, items) }]),
  );
}

/** @param option what has the name, for the error */
function ruleNamed(name: string, option: string): CheckRule {
  const rule = CHECK_RULES.find((each) => each === name);
  if (rule !== undefined) return rule;
  throw usageError(
    `${option}: there is no rule ${JSON.stringify(name)}`,
    `the rules are ${CHECK_RULES.join(', ')}`,
  );
}

function asOption<Result>(option: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof NotALimit)) throw error;
    throw usageError(`${option}: ${error.message}`, error.hint);
  }
}
