import { dockerfileError, quoted, type TextOrigin } from './dockerfile-error.js';
import { parseDurationNs } from './durations.js';
import { execForm } from './exec-form.js';
import { flagValues, splitFlags } from './instruction-flags.js';
import { isSpace, trimLeft } from './words.js';

/** Docker's `Healthcheck` of a config. Times are in nanoseconds. */
export interface Healthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

type MutableHealthcheck = { -readonly [K in keyof Healthcheck]: Healthcheck[K] };

const TIMES = [
  ['interval', 'Interval'],
  ['timeout', 'Timeout'],
  ['start-period', 'StartPeriod'],
  ['start-interval', 'StartInterval'],
] as const;
const FLAGS = [...TIMES.map(([flag]) => flag), 'retries'];
const FIELDS: ReadonlySet<string> = new Set([...TIMES.map(([, field]) => field), 'Test', 'Retries']);

const INSTRUCTION_HINT = 'write HEALTHCHECK NONE, or HEALTHCHECK --interval=30s --retries=3 CMD command';
const OPTION_HINT =
  'write NONE, a command, --interval=30s --retries=3 CMD …, or JSON such as {"Test":["CMD","true"]}';
const TIME_HINT = 'write 30s or 1m30s';

const SHORTEST_NS = 1_000_000;
const MAX_RETRIES = 2 ** 31 - 1;

/**
 * Parses the flags and arguments of HEALTHCHECK, as Docker does.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function parseHealthcheck(flags: readonly string[], text: string): Healthcheck {
  let end = 0;
  while (end < text.length && !isSpace(text.charAt(end))) end++;
  const type = text.slice(0, end).toUpperCase();
  const command = trimLeft(text.slice(end));
  if (type === '') throw dockerfileError('HEALTHCHECK requires at least one argument', INSTRUCTION_HINT);
  if (type !== 'NONE' && type !== 'CMD') {
    throw dockerfileError(`Unknown type ${quoted(type)} in HEALTHCHECK (try CMD)`, INSTRUCTION_HINT);
  }
  const words = execForm(command);
  const isEmpty = command === '' || words?.length === 0;
  if (type === 'NONE') {
    if (!isEmpty) throw dockerfileError('HEALTHCHECK NONE takes no arguments', INSTRUCTION_HINT);
    return { Test: ['NONE'] };
  }
  const values = flagValues(flags, FLAGS);
  if (isEmpty) throw dockerfileError('Missing command after HEALTHCHECK CMD', INSTRUCTION_HINT);
  return {
    Test: words === undefined ? ['CMD-SHELL', command] : ['CMD', ...words],
    ...timesAndRetries(values, 'instruction'),
  };
}

/**
 * Parses a health check that is given as one value: `NONE`; a line for the shell; a JSON list of words; Docker's JSON
 * object, with times in nanoseconds or as `30s`; or the flags and arguments of HEALTHCHECK, if CMD may be left out.
 *
 * A time or a number of retries may be 0 here, which stands for Docker's default and which `docker inspect` prints. CMD
 * counts in capitals only, since `cmd` may be a program.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function parseHealthcheckOption(value: string): Healthcheck | 'NONE' {
  const trimmed = value.trim();
  if (trimmed.toUpperCase() === 'NONE') return 'NONE';
  if (trimmed.startsWith('{')) return fromJson(trimmed);
  const { flags, text } = splitFlags(trimmed, '\\');
  const values = flagValues(flags, FLAGS);
  const command = text.replace(/^CMD(?:\s+|$)/, '');
  if (command === '') throw dockerfileError('the health check has no command', OPTION_HINT);
  const test = testOf(command);
  if (test[0] === 'NONE') return 'NONE';
  return { Test: test, ...timesAndRetries(values, 'option') };
}

/** Returns `Test` of a command. A list whose first word is CMD, CMD-SHELL or NONE is used unchanged. */
function testOf(command: string): readonly string[] {
  const words = execForm(command);
  if (words === undefined) return ['CMD-SHELL', command];
  return checkedTest(/^(?:CMD|CMD-SHELL|NONE)$/.test(words[0] ?? '') ? words : ['CMD', ...words]);
}

function timesAndRetries(values: ReadonlyMap<string, string>, origin: TextOrigin): Omit<Healthcheck, 'Test'> {
  const check: MutableHealthcheck = {};
  for (const [flag, field] of TIMES) {
    const value = values.get(flag) ?? '';
    if (value !== '') check[field] = checkedTime(flag, parseTime(flag, value), origin);
  }
  const retries = values.get('retries') ?? '';
  if (retries !== '') {
    const count = /^[+-]?[0-9]+$/.test(retries) ? Number(retries) : Number.NaN;
    check.Retries = checkedRetries(count, retries, origin);
  }
  return check;
}

function parseTime(name: string, value: string): number {
  const time = parseDurationNs(value);
  if (time !== undefined) return time;
  throw dockerfileError(`--${name}: ${quoted(value)} is not a time`, TIME_HINT);
}

function checkedTime(name: string, timeNs: number, origin: TextOrigin): number {
  if (timeNs >= SHORTEST_NS || (origin === 'option' && timeNs === 0)) return timeNs;
  throw dockerfileError(`Interval ${JSON.stringify(name)} cannot be less than 1ms`, TIME_HINT);
}

function checkedRetries(count: number, text: string, origin: TextOrigin): number {
  const least = origin === 'option' ? 0 : 1;
  const hint = 'write a whole number, such as 3';
  if (count < least) throw dockerfileError(`--retries must be at least ${least} (not ${count})`, hint);
  if (count <= MAX_RETRIES) return count;
  throw dockerfileError(`--retries: ${quoted(text)} is not a count`, hint);
}

function fromJson(text: string): Healthcheck | 'NONE' {
  const fields = jsonObject(text);
  if (fields === undefined) throw dockerfileError('not valid JSON', OPTION_HINT);
  const unknown = Object.keys(fields).find((key) => !FIELDS.has(key));
  if (unknown !== undefined) throw dockerfileError(`a health check has no field ${unknown}`, OPTION_HINT);
  const check: MutableHealthcheck = {};
  if (fields['Test'] !== undefined) {
    const { Test: test } = fields;
    const words = Array.isArray(test) ? execForm(JSON.stringify(test)) : undefined;
    check.Test = checkedTest(words ?? []);
    if (check.Test[0] === 'NONE') return 'NONE';
  }
  for (const [, field] of TIMES) {
    const value = fields[field];
    if (value === undefined) continue;
    const time = typeof value === 'string' ? parseDurationNs(value) : value;
    if (typeof time !== 'number' || !Number.isSafeInteger(time)) {
      throw dockerfileError(`${field} is not a time`, 'write "30s" or "1m30s", or nanoseconds as a number');
    }
    check[field] = checkedTime(field, time, 'option');
  }
  const retries = fields['Retries'];
  if (retries !== undefined) {
    const count = typeof retries === 'number' && Number.isInteger(retries) ? retries : Number.NaN;
    check.Retries = checkedRetries(count, JSON.stringify(retries), 'option');
  }
  return check;
}

function checkedTest(words: readonly string[]): readonly string[] {
  const isValid = words[0] === 'NONE' || (/^(?:CMD|CMD-SHELL)$/.test(words[0] ?? '') && words.length > 1);
  if (isValid) return words;
  throw dockerfileError('Test should be ["CMD", …], ["CMD-SHELL", "line"] or ["NONE"]', OPTION_HINT);
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
