import { SECRET_SEVERITIES, type SecretSeverity } from '../../secrets/index.js';
import type { Budget } from '../budget.js';
import { checkGlobs, isOff, parseFloor, parseLimit } from '../limit-text.js';
import { isList, RULE_FACTS } from '../rule-kinds.js';
import type { CheckRule } from '../rules.js';
import { entriesOf, textOf, textsOf, unknownKey, withPlace } from './values.js';
import type { YamlEntry, YamlValue } from './yaml-file.js';

/** Parses the budget of one rule. Throws ERR_LAYERS_BUDGETS. */
export function parseBudget(rule: CheckRule, value: YamlValue): Budget {
  if (isSwitchedOff(value)) return { off: true };
  const content = value.content();
  const isPresence = RULE_FACTS[rule].kind === 'presence';
  if (content.kind !== 'map') {
    return isPresence ? levelOf(rule, textOf(value), value) : { fail: limitOf(rule, value) };
  }
  return isPresence ? parsePresence(rule, value) : parseLimits(rule, value);
}

/** `off`, or `false` in JSON. */
function isSwitchedOff(value: YamlValue): boolean {
  const content = value.content();
  return content.kind === 'text' && (isOff(content.text) || content.text === 'false');
}

/** `{fail: LIMIT, warn: LIMIT, floor: SIZE}` */
function parseLimits(rule: CheckRule, map: YamlValue): Budget {
  const { kind } = RULE_FACTS[rule];
  const hasFloor = kind === 'ratio' || kind === 'growth';
  let budget: Budget = {};
  for (const entry of entriesOf(map)) {
    const { key, value } = entry;
    if (key === 'fail' || key === 'warn')
      budget = { ...budget, [key]: isSwitchedOff(value) ? null : limitOf(rule, value) };
    else if (key === 'floor' && hasFloor) budget = { ...budget, floor: floorOf(value) };
    else throw unknownKey(entry, value.file, hasFloor ? ['fail', 'warn', 'floor'] : ['fail', 'warn']);
  }
  if (budget.fail !== undefined || budget.warn !== undefined) return budget;
  throw map.file.error(map.offset, 'no limit', 'write fail: LIMIT, or warn: LIMIT');
}

/** The keys of rules that allow nothing at all. */
const PRESENCE_KEYS: Readonly<Partial<Record<CheckRule, readonly string[]>>> = {
  secrets: ['level', 'severity', 'rules', 'baseline'],
  setuid: ['level', 'allow'],
};

/** `{level: warn, allow: [GLOB]}` */
function parsePresence(rule: CheckRule, map: YamlValue): Budget {
  const known = PRESENCE_KEYS[rule] ?? ['level'];
  const entries = entriesOf(map);
  const level = entries.find(({ key }) => key === 'level')?.value;
  let budget =
    level === undefined
      ? { fail: parseLimit(rule, [], map.file.placeOf(map)) }
      : levelOf(rule, textOf(level), level);
  for (const entry of entries) {
    if (!known.includes(entry.key)) throw unknownKey(entry, map.file, known);
    budget = { ...budget, ...optionOf(entry) };
  }
  return budget;
}

function optionOf({ key, value }: YamlEntry): Budget {
  switch (key) {
    case 'allow':
      return { allow: withPlace(value, () => checkedGlobs(textsOf(value))) };
    case 'severity':
      return { severity: severityOf(value) };
    case 'rules':
      return { rules: textOf(value) };
    case 'baseline':
      return { baseline: textOf(value) };
    default:
      return {};
  }
}

function levelOf(rule: CheckRule, text: string, value: YamlValue): Budget {
  const limit = parseLimit(rule, [], value.file.placeOf(value));
  if (isSwitchedOff(value)) return { off: true };
  if (text === 'fail' || text === 'true') return { fail: limit };
  if (text === 'warn') return { warn: limit };
  throw value.file.error(
    value.offset,
    `${JSON.stringify(text.slice(0, 100))} is not fail, warn or off`,
    'write fail, warn or off',
  );
}

function severityOf(value: YamlValue): SecretSeverity {
  const text = textOf(value);
  const severity = SECRET_SEVERITIES.find((each) => each === text);
  if (severity !== undefined) return severity;
  const words = SECRET_SEVERITIES.join(', ');
  throw value.file.error(
    value.offset,
    `${JSON.stringify(text.slice(0, 100))} is not a severity`,
    `write one of ${words}`,
  );
}

function limitOf(rule: CheckRule, value: YamlValue) {
  const texts = isList(rule) ? textsOf(value) : [textOf(value)];
  return withPlace(value, (from) => parseLimit(rule, texts, from));
}

function floorOf(value: YamlValue) {
  const text = textOf(value);
  return withPlace(value, (from) => parseFloor(text, from));
}

function checkedGlobs(globs: readonly string[]): readonly string[] {
  checkGlobs(globs);
  return globs;
}
