import type { Budget, Budgets } from '../budget.js';
import { RULE_KEYS } from '../rule-kinds.js';
import { parseBudget } from './parse-budget.js';
import { entriesOf, textOf, unknownKey } from './values.js';
import { YamlFile, type YamlValue } from './yaml-file.js';

/** What a file with budgets says. */
export interface BudgetFile {
  readonly budgets: Budgets;
  /** The image that the checked image was built on; null where the file names none. */
  readonly base: string | null;
  /** The image to compare with; null where the file names none. */
  readonly against: string | null;
  /** Whether warnings fail. */
  readonly strict: boolean;
}

const NOTHING: BudgetFile = { budgets: {}, base: null, against: null, strict: false };

/**
 * Parses the budgets below `check` in a `.layers.yaml`. Other keys at the top are not looked at.
 *
 * @param path its name, for errors and for the origin of limits
 * @throws LayersError ERR_LAYERS_BUDGETS with the line, for what is no budget
 */
export async function parseBudgetFile(text: string, path: string): Promise<BudgetFile> {
  const { root } = await YamlFile.parse(text, path);
  if (root.content().kind === 'none') return NOTHING;
  const check = entriesOf(root).find(({ key }) => key === 'check')?.value;
  return check === undefined || check.content().kind === 'none' ? NOTHING : parseCheck(check);
}

const OTHER_KEYS = ['base', 'against', 'strict'];

function parseCheck(check: YamlValue): BudgetFile {
  const budgets: [string, Budget][] = [];
  let file = NOTHING;
  for (const entry of entriesOf(check)) {
    const { key, value } = entry;
    const rule = RULE_KEYS.get(key);
    if (rule !== undefined) budgets.push([rule, parseBudget(rule, value)]);
    else if (key === 'base' || key === 'against') file = { ...file, [key]: textOf(value) };
    else if (key === 'strict') file = { ...file, strict: flagOf(value) };
    else throw unknownKey(entry, value.file, [...RULE_KEYS.keys(), ...OTHER_KEYS]);
  }
  return { ...file, budgets: Object.fromEntries(budgets) };
}

function flagOf(value: YamlValue): boolean {
  const text = textOf(value);
  if (text === 'true' || text === 'false') return text === 'true';
  throw value.file.error(value.offset, `${JSON.stringify(text)} is not true or false`, 'write true or false');
}
