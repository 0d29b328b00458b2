import { parseDuration } from '@layers/rewrite/config';
import { flagValues } from './builder-flags.js';
import { dockerfileError, quoted } from './dockerfile-error.js';
import { execForm } from './exec-form.js';
import { isSpace, trimLeft } from './spaces.js';

/** Docker's `Healthcheck` of a config; times are in nanoseconds. */
export interface ImportedHealthcheck {
  readonly Test: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

const TIMES = [
  ['interval', 'Interval'],
  ['timeout', 'Timeout'],
  ['start-period', 'StartPeriod'],
  ['start-interval', 'StartInterval'],
] as const;
const FLAGS = [...TIMES.map(([flag]) => flag), 'retries'];

const HINT = 'write HEALTHCHECK NONE, or HEALTHCHECK --interval=30s --retries=3 CMD command';
const SHORTEST_NANOSECONDS = 1_000_000;
const MAX_RETRIES = 2 ** 31 - 1;

/**
 * What HEALTHCHECK asks for.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function healthcheckOf(flags: readonly string[], text: string): ImportedHealthcheck {
  let end = 0;
  while (end < text.length && !isSpace(text.charAt(end))) end++;
  const type = text.slice(0, end).toUpperCase();
  const rest = trimLeft(text.slice(end));
  if (type === '') throw dockerfileError('HEALTHCHECK requires at least one argument', HINT);
  if (type !== 'NONE' && type !== 'CMD') {
    throw dockerfileError(`Unknown type ${quoted(type)} in HEALTHCHECK (try CMD)`, HINT);
  }
  const words = execForm(rest);
  const isEmpty = rest === '' || words?.length === 0;
  if (type === 'NONE') {
    if (!isEmpty) throw dockerfileError('HEALTHCHECK NONE takes no arguments', HINT);
    return { Test: ['NONE'] };
  }
  const values = flagValues(flags, FLAGS);
  if (isEmpty) throw dockerfileError('Missing command after HEALTHCHECK CMD', HINT);
  const check: { -readonly [K in keyof ImportedHealthcheck]: ImportedHealthcheck[K] } = {
    Test: words === undefined ? ['CMD-SHELL', rest] : ['CMD', ...words],
  };
  for (const [flag, field] of TIMES) {
    const value = values.get(flag) ?? '';
    if (value !== '') check[field] = timeOf(flag, value);
  }
  const retries = values.get('retries') ?? '';
  if (retries !== '') check.Retries = retriesOf(retries);
  return check;
}

function timeOf(flag: string, value: string): number {
  const time = parseDuration(value);
  if (time === undefined) {
    throw dockerfileError(`--${flag}: ${quoted(value)} is not a time`, 'write 30s or 1m30s');
  }
  if (time < SHORTEST_NANOSECONDS) {
    throw dockerfileError(`Interval ${JSON.stringify(flag)} cannot be less than 1ms`, 'write 30s or 1m30s');
  }
  return time;
}

function retriesOf(value: string): number {
  const count = /^[+-]?[0-9]+$/.test(value) ? Number(value) : Number.NaN;
  if (count < 1) throw dockerfileError(`--retries must be at least 1 (not ${count})`, 'write --retries=3');
  if (count <= MAX_RETRIES) return count;
  throw dockerfileError(`--retries: ${quoted(value)} is not a count`, 'write --retries=3');
}
