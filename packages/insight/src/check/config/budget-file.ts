import type { Budget, Budgets } from '../budget.js';
import { RULE_KEYS } from '../rule-kinds.js';
import { parseBudget } from './parse-budget.js';
import { entriesOf, textOf, unknownKey } from './values.js';
import { type YamlEntry, YamlFile, type YamlValue } from './yaml-file.js';

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
 * Parses the budgets below `check` in a `.layers.yaml`. The only other keys at the top are those that begin with `x-`, which
 * are not looked at, as in Compose files.
 *
 * @param path its name, for errors and for the origin of limits
 * @throws LayersError ERR_LAYERS_BUDGETS with the line, for what is no budget
 */
export async function parseBudgetFile(text: string, path: string): Promise<BudgetFile> {
  const { root } = await YamlFile.parse(text, path);
  if (root.content().kind === 'none') return NOTHING;
  const entries = entriesOf(root);
  for (const entry of entries) refuseUnknown(entry);
  const check = entries.find(({ key }) => key === 'check')?.value;
  return check === undefined || check.content().kind === 'none' ? NOTHING : parseCheck(check);
}

const OTHER_KEYS = ['base', 'against', 'strict'];
const TOP_HINT = 'the keys at the top are check, and any that begin with x-';

/** Budgets in the wrong place would not be checked, and nobody would notice. */
function refuseUnknown(entry: YamlEntry): void {
  const { key, keyOffset, value } = entry;
  if (key === 'check' || key.startsWith('x-')) return;
  const shown = key.slice(0, 100);
  const name = plainName(shown);
  const known = [...RULE_KEYS.keys(), ...OTHER_KEYS].find((each) => plainName(each) === name);
  if (known === undefined) throw unknownKey(entry, value.file, ['check'], TOP_HINT);
  const hint = `write ${known} below check:, indented by two blanks`;
  throw value.file.error(keyOffset, `the key ${JSON.stringify(shown)} is at the top`, hint);
}

function plainName(key: string): string {
  return key.replace(/[-_]/g, '').toLowerCase();
}

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
