import {
  type Budget,
  type Budgets,
  CHECK_RULES,
  type CheckLimit,
  type CheckRule,
  DIVE_DEFAULTS,
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
  readonly floor?: string;
  readonly strict?: boolean;
}

/** Budgets in the order in which they win: options, then the files. */
interface OtherBudgets {
  readonly file: { readonly budgets: Budgets } | null;
  readonly dive: Budgets | null;
}

/**
 * Returns the budgets of options and files. Without any limit, those are checked that dive has by default.
 *
 * @throws LayersError ERR_LAYERS_USAGE
 */
export function budgetsOf(flags: CheckFlags, { file, dive }: OtherBudgets): Budgets {
  const own = [budgetsOfFlags(flags), file?.budgets ?? {}];
  const hasLimit = own.some((budgets) => Object.values(budgets).some(({ fail, warn }) => fail ?? warn));
  const merged = mergeBudgets(...own, dive ?? (hasLimit ? {} : DIVE_DEFAULTS));
  const floor = floorOfFlags(flags);
  if (floor === undefined) return merged;
  const floored = WITH_FLOOR.flatMap((rule) =>
    merged[rule] === undefined ? [] : [[rule, { floor }] as const],
  );
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
  return mergeBudgets(failing, warnings(flags.warn ?? []));
}

function floorOfFlags({ floor }: CheckFlags): CheckLimit | undefined {
  return floor === undefined ? undefined : asOption('--floor', () => parseFloor(floor, '--floor'));
}

function budgetOf(rule: CheckRule, option: string, texts: readonly string[]): Budget {
  const [only = ''] = texts;
  if (texts.length === 1 && isOff(only)) return { off: true };
  return { fail: asOption(option, () => parseLimit(rule, texts, option)) };
}

/** Parses `RULE=LIMIT`, or `RULE` for one that needs no limit. */
function warnings(texts: readonly string[]): Budgets {
  const limits = new Map<CheckRule, string[]>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = at === -1 ? text : text.slice(0, at);
    const rule = CHECK_RULES.find((each) => each === name);
    if (rule === undefined) {
      throw usageError(`--warn ${JSON.stringify(text)}: there is no rule ${JSON.stringify(name)}`, RULE_HINT);
    }
    limits.set(rule, [...(limits.get(rule) ?? []), ...(at === -1 ? [] : [text.slice(at + 1)])]);
  }
  return Object.fromEntries(
    Array.from(limits, ([rule, items]) => [
      rule,
      { warn: asOption(`--warn ${rule}`, () => parseLimit(rule, items, `--warn ${rule}`)) },
    ]),
  );
}

const RULE_HINT = `write --warn RULE=LIMIT, with one of ${CHECK_RULES.join(', ')}`;

function asOption<Result>(option: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof NotALimit)) throw error;
    throw usageError(`${option}: ${error.message}`, error.hint);
  }
}
