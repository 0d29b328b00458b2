import { isJsonObject } from '../../oci/validate.js';
import type { Ignorable } from '../ignorable.js';
import { categoryOf } from './config-categories.js';
import { isZero, sameMember } from './config-values.js';

/** A field of the image config that differs. */
export interface ConfigChange {
  /** Names of the objects down to the field, joined by dots, such as `config.Env` or `os.version`. */
  readonly field: string;
  /** The variable of an environment, the label, the port: where the field is a collection with keys. */
  readonly key?: string;
  /** A field that is absent, null, empty, 0 or false on one side only was added or removed. */
  readonly change: 'added' | 'removed' | 'changed';
  /** As the documents have them: absent where they have none. Of a variable, what follows its name and `=`. */
  readonly a?: unknown;
  readonly b?: unknown;
}

type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY: JsonObject = {};

const EXECUTION = ['config', 'container_config'] as const;
const of = (...names: readonly string[]): ReadonlySet<string> =>
  new Set(EXECUTION.flatMap((part) => names.map((name) => `${part}.${name}`)));

const ENVIRONMENTS = of('Env');
/** Objects whose keys are data: that one is there says something even if its value is empty. */
const KEYED = of('Labels', 'ExposedPorts', 'Volumes');
/** Go pointers to numbers: absent is docker's ten seconds, 0 is to kill at once. */
const ABSENT_IS_NOT_ZERO = of('StopTimeout');

/** Compared elsewhere: as a sequence, and as layers. */
const NOT_HERE: ReadonlySet<string> = new Set(['history', 'rootfs.diff_ids']);

/** Deeper objects are one field, so that hostile nesting cannot make names that outgrow the document. */
const MAX_PREFIX = 100;

/**
 * Compares two image configs (OCI config.md, docker's image specification), but for `history` and
 * `rootfs.diff_ids`. The documents may hold anything that `parseJson` lets through.
 *
 * The writers are Go programs that differ in whether they write zero values, so an absent member is the same as
 * null, "", 0, false, [] and {}: `Entrypoint: []` runs what no entrypoint runs, and 0 in a health check means
 * the default. Three places are otherwise: a key of `Labels`, `ExposedPorts` and `Volumes` counts by being there
 * and a variable of `Env` too (`LABEL a=""` is a label); elements of arrays are compared exactly (`Cmd: [""]` is
 * a command); `StopTimeout: 0` is not the default.
 *
 * `Env` is compared by variable; of a name that is there twice the last counts, as runc and crun have it. Where no
 * variable differs and yet the lists do (their order, or values that have no effect), and where an entry is no
 * `NAME=value`, the whole list is one change. Other objects are compared member by member, other arrays whole.
 *
 * @param options.ignore `created` and `builder` (see `categoryOf`) or all of it with `config`
 * @returns changes by field, then by key (by UTF-16 units); how many others were passed over, by what
 */
export function compareConfigs(
  a: unknown,
  b: unknown,
  { ignore }: { readonly ignore: ReadonlySet<Ignorable> },
): { changes: ConfigChange[]; ignored: Map<Ignorable, number> } {
  const found: ConfigChange[] = [];
  compareMembers('', a, b, found);
  const changes: ConfigChange[] = [];
  const ignored = new Map<Ignorable, number>();
  for (const change of found) {
    const what = ignore.has('config') ? 'config' : categoryOf(change.field, change.key);
    if (what !== null && ignore.has(what)) ignored.set(what, (ignored.get(what) ?? 0) + 1);
    else changes.push(change);
  }
  return { changes: changes.sort(byFieldAndKey), ignored };
}

function compareMembers(field: string, a: unknown, b: unknown, found: ConfigChange[]): void {
  if (NOT_HERE.has(field)) return;
  if (ENVIRONMENTS.has(field)) {
    const variablesA = variablesOf(a);
    const variablesB = variablesOf(b);
    if (variablesA !== null && variablesB !== null) {
      const before = found.length;
      compareKeyed(field, variablesA, variablesB, found);
      if (found.length > before) return;
    }
  }
  const objectA = asObject(a);
  const objectB = asObject(b);
  if (objectA === null || objectB === null || (objectA === EMPTY && objectB === EMPTY)) {
    compareWhole(field, a, b, found);
  } else if (KEYED.has(field)) {
    compareKeyed(field, new Map(Object.entries(objectA)), new Map(Object.entries(objectB)), found);
  } else if (field.length > MAX_PREFIX) {
    compareWhole(field, a, b, found);
  } else {
    const keys = new Set([...Object.keys(objectA), ...Object.keys(objectB)]);
    for (const key of keys) {
      compareMembers(field === '' ? key : `${field}.${key}`, own(objectA, key), own(objectB, key), found);
    }
  }
}

function compareWhole(field: string, a: unknown, b: unknown, found: ConfigChange[]): void {
  const pointer = ABSENT_IS_NOT_ZERO.has(field);
  const missingA = pointer ? isMissing(a) : isZero(a);
  const missingB = pointer ? isMissing(b) : isZero(b);
  if (sameMember(a, b) && !(pointer && missingA !== missingB)) return;
  const change = missingA ? 'added' : missingB ? 'removed' : 'changed';
  found.push({ field, change, ...values(a, b) });
}

function compareKeyed(
  field: string,
  a: ReadonlyMap<string, unknown>,
  b: ReadonlyMap<string, unknown>,
  found: ConfigChange[],
): void {
  for (const [key, value] of a) {
    const other = b.get(key);
    if (!b.has(key)) found.push({ field, key, change: 'removed', a: value });
    else if (!sameMember(value, other)) found.push({ field, key, change: 'changed', a: value, b: other });
  }
  for (const [key, value] of b) if (!a.has(key)) found.push({ field, key, change: 'added', b: value });
}

/** Null where it is no list of `NAME=value`. */
function variablesOf(value: unknown): Map<string, string> | null {
  const variables = new Map<string, string>();
  if (isZero(value)) return variables;
  if (!Array.isArray(value)) return null;
  for (const entry of value) {
    const equals = typeof entry === 'string' ? entry.indexOf('=') : -1;
    if (equals < 1) return null;
    variables.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  return variables;
}

const asObject = (value: unknown): JsonObject | null =>
  isJsonObject(value) ? value : isZero(value) ? EMPTY : null;

const isMissing = (value: unknown): boolean => value === undefined || value === null;

/** Not `object[key]`, which finds `constructor` and `__proto__` in every object. */
const own = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

const values = (a: unknown, b: unknown): { a?: unknown; b?: unknown } => ({
  ...(a === undefined ? {} : { a }),
  ...(b === undefined ? {} : { b }),
});

function byFieldAndKey(x: ConfigChange, y: ConfigChange): number {
  if (x.field !== y.field) return x.field < y.field ? -1 : 1;
  const keyX = x.key ?? '';
  const keyY = y.key ?? '';
  return keyX === keyY ? 0 : keyX < keyY ? -1 : 1;
}
