import { formatPlatform } from '@layers/core/oci';
import { GoMap, GoSlice, type GoString, type GoValue, goString } from '@layers/gotemplate';
import { ago } from '../output/ago.js';
import { escapeForTerminal } from '../output/escape.js';
import { shortDate, shortDigest } from '../output/format.js';
import { modeString } from '../output/mode.js';
import { type FieldForm, memberOf } from './row-field.js';

export interface RowOptions {
  /** Whether digests and instructions are shown in full. */
  readonly noTrunc: boolean;
  /** Whether sizes are exact. */
  readonly bytes: boolean;
  /** Whether names and texts are escaped for a terminal. */
  readonly escaped: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const UNKNOWN = 'N/A';
const NONE = '<none>';

type Convert = (value: unknown, options: RowOptions) => GoValue;

/** What a value becomes, by the form of its field. */
const CONVERT: Readonly<Record<FieldForm, Convert>> = {
  text,
  'text-or-none': (value, options) => (value === null ? NONE : text(value, options)),
  path,
  paths: (value, options) =>
    listOf(value)
      .map((item) => path(item, options))
      .join(','),
  number: (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : ''),
  boolean: (value) => value === true,
  words: (value, options) =>
    listOf(value)
      .map((word) => text(word, options))
      .join(','),
  list: (value, options) =>
    new GoSlice(
      listOf(value).map((item) => text(item, options)),
      'string',
    ),
  map: (value, options) => map(value, options),
  size: (value, { bytes }) => (typeof value !== 'number' ? '' : bytes ? String(value) : dockerSize(value)),
  digest,
  'digest-or-missing': (value, options) => (value === null ? '<missing>' : digest(value, options)),
  'go-time': (value, options) => (typeof value === 'string' ? goTime(value, options) : UNKNOWN),
  age: (value, options) =>
    typeof value === 'string' ? ago(value, options.now) || text(value, options) : UNKNOWN,
  date: (value) => (typeof value === 'number' ? shortDate(value) : ''),
  mode,
  platform,
  step,
  'not-applicable': () => UNKNOWN,
};

/** Returns the value of a field. */
export function fieldValue(value: unknown, form: FieldForm, options: RowOptions): GoValue {
  return CONVERT[form](value, options);
}

function text(value: unknown, { escaped }: RowOptions): GoString {
  if (value === null || value === undefined) return '';
  const shown = typeof value === 'string' ? value : String(value);
  return goString(escaped ? escapeForTerminal(shown) : shown);
}

/** @param value a path, or an object with `path`, and `pathBase64` where it is not UTF-8 */
function path(value: unknown, options: RowOptions): GoString {
  if (typeof value === 'string') return text(value, options);
  const exact = memberOf(value, 'pathBase64');
  if (typeof exact !== 'string') return text(memberOf(value, 'path'), options);
  const bytes = Buffer.from(exact, 'base64').toString('latin1');
  return options.escaped ? text(memberOf(value, 'path'), options) : bytes;
}

function map(value: unknown, options: RowOptions): GoMap {
  if (typeof value !== 'object' || value === null) return new GoMap(new Map(), 'string', true);
  const entries = Object.entries(value).map(
    ([key, item]) => [text(key, options), text(item, options)] as const,
  );
  return new GoMap(new Map(entries), 'string');
}

function digest(value: unknown, options: RowOptions): GoString {
  const whole = text(value, options);
  return options.noTrunc ? whole : shortDigest(whole);
}

/** Text that is no time stays. */
function goTime(created: string, options: RowOptions): GoString {
  const time = new Date(created);
  if (Number.isNaN(time.getTime())) return text(created, options);
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

const TYPES = [
  'file',
  'link',
  'directory',
  'symlink',
  'char',
  'block',
  'fifo',
  'whiteout',
  'opaque',
] as const;

function mode(value: unknown): GoString {
  const [type, bits] = [memberOf(value, 'type'), memberOf(value, 'mode')];
  const known = TYPES.find((name) => name === type);
  return known === undefined || typeof bits !== 'number' ? '' : modeString(known, bits);
}

function platform(value: unknown, options: RowOptions): GoString {
  const [os, architecture, variant] = ['os', 'architecture', 'variant'].map((name) => memberOf(value, name));
  if (typeof os !== 'string' || typeof architecture !== 'string') return '';
  return text(
    formatPlatform({ os, architecture, ...(typeof variant === 'string' ? { variant } : {}) }),
    options,
  );
}

const LONGEST_STEP = 45;

/** As docker shortens it. */
function step(value: unknown, options: RowOptions): GoString {
  const command = String(value ?? '').replaceAll('\t', ' ');
  const isLong = !options.noTrunc && command.length > LONGEST_STEP;
  return text(isLong ? `${command.slice(0, LONGEST_STEP - 1)}…` : command, options);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Returns a size as docker prints it: three digits, and no space. */
function dockerSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  for (; size >= 1000 && unit < UNITS.length - 1; unit++) size /= 1000;
  return `${Number(size.toPrecision(3))}${UNITS[unit]}`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
