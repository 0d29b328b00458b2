import { parseDuration } from './durations.js';
import type { Healthcheck } from './edits.js';
import { isJsonObject, jsonOf, plainText, refuse, wordsOf } from './flag-values.js';

const FLAG = '--healthcheck';
const HINT =
  'write NONE, a command, --interval=30s --retries=3 CMD …, or JSON such as {"Test":["CMD","true"]}';

const TIMES: ReadonlyMap<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'> = new Map([
  ['interval', 'Interval'],
  ['timeout', 'Timeout'],
  ['start-period', 'StartPeriod'],
  ['start-interval', 'StartInterval'],
]);
const FIELDS: ReadonlySet<string> = new Set([...TIMES.values(), 'Test', 'Retries']);

/** Docker refuses shorter ones, but for 0, which means its default. */
const SHORTEST_NANOSECONDS = 1_000_000;

/**
 * A health check: docker's JSON (times in nanoseconds, or as `30s`), a JSON list of words, `NONE`, a line for the
 * shell, or what follows HEALTHCHECK in a Dockerfile.
 *
 * @throws LayersError ERR_LAYERS_USAGE
 */
export function parseHealthcheck(value: string): Healthcheck | 'NONE' {
  const text = plainText(FLAG, value).trim();
  if (text.toUpperCase() === 'NONE') return 'NONE';
  if (text.startsWith('{')) return fromJson(value);
  const options: Record<string, unknown> = {};
  let rest = text;
  for (;;) {
    const match = /^--([a-z-]+)=(\S+)\s*/.exec(rest);
    if (match === null) break;
    const [all, name = '', word = ''] = match;
    const key = name === 'retries' ? 'Retries' : TIMES.get(name);
    if (key === undefined) refuse(FLAG, value, `there is no option --${name}`, HINT);
    options[key] = key === 'Retries' ? Number(word) : word;
    rest = rest.slice(all.length);
  }
  const instruction = /^CMD\s+/.exec(rest);
  if (instruction !== null) rest = rest.slice(instruction[0].length);
  if (rest === '') refuse(FLAG, value, 'it has no command', HINT);
  const words = rest.startsWith('[') ? wordsOf(rest) : undefined;
  return checked(value, { Test: words === undefined ? ['CMD-SHELL', rest] : testOf(words), ...options });
}

function testOf(words: readonly string[]): readonly string[] {
  return /^(?:CMD|CMD-SHELL|NONE)$/.test(words[0] ?? '') ? words : ['CMD', ...words];
}

function fromJson(value: string): Healthcheck | 'NONE' {
  const json = jsonOf(value);
  if (!isJsonObject(json)) refuse(FLAG, value, 'it is not valid JSON', HINT);
  return checked(value, json);
}

function checked(value: string, fields: Record<string, unknown>): Healthcheck | 'NONE' {
  const unknown = Object.keys(fields).find((key) => !FIELDS.has(key));
  if (unknown !== undefined) refuse(FLAG, value, `a health check has no field ${unknown}`, HINT);
  const test = testField(value, fields['Test']);
  if (test?.[0] === 'NONE') return 'NONE';
  const result: Record<string, number> = {};
  for (const key of TIMES.values()) {
    const field = fields[key];
    if (field === undefined) continue;
    const time = typeof field === 'string' ? parseDuration(field) : field;
    const usable = typeof time === 'number' && Number.isSafeInteger(time);
    if (!usable || (time !== 0 && time < SHORTEST_NANOSECONDS)) {
      refuse(
        FLAG,
        value,
        `${key} is not a time of 1ms or more`,
        'write 30s or 1m30s, or nanoseconds in JSON',
      );
    }
    result[key] = time;
  }
  const retries = fields['Retries'];
  if (retries !== undefined) {
    const usable = typeof retries === 'number' && Number.isSafeInteger(retries) && retries >= 0;
    if (!usable) refuse(FLAG, value, 'Retries is not a count', 'write a whole number, such as 3');
    result['Retries'] = retries;
  }
  return { ...(test === undefined ? {} : { Test: test }), ...result };
}

function testField(value: string, field: unknown): readonly string[] | undefined {
  if (field === undefined) return undefined;
  const words = wordsOf(JSON.stringify(field));
  const first = words?.[0];
  const enough = first === 'NONE' || (words !== undefined && words.length > 1);
  if (words === undefined || !enough || !/^(?:CMD|CMD-SHELL|NONE)$/.test(first ?? '')) {
    refuse(FLAG, value, 'Test should be ["CMD", …], ["CMD-SHELL", "line"] or ["NONE"]', HINT);
  }
  return words;
}
