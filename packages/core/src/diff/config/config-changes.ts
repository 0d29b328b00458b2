import { isJsonObject } from '../../oci/validate.js';
import type { Ignorable } from '../ignorable.js';
import { categoryOf } from './config-categories.js';
import { equalFields, isZero } from './config-values.js';

/** A field of the image config that differs. */
export interface ConfigChange {
  /** The path of the field, joined by dots, such as `config.Env` or `os.version`. */
  readonly field: string;
  /** The key within a field that is a collection: an environment variable, a label, a port, a volume. */
  readonly key?: string;
  /** A field is added or removed if it is absent, null, empty, 0 or false in one image only. */
  readonly change: 'added' | 'removed' | 'changed';
  /** The values as stored; absent where the config does not have the field. Of a variable, the part after `=`. */
  readonly a?: unknown;
  readonly b?: unknown;
}

type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY: JsonObject = {};

const EXECUTION = ['config', 'container_config'] as const;
const fieldsOf = (...names: readonly string[]): ReadonlySet<string> =>
  new Set(EXECUTION.flatMap((part) => names.map((name) => `${part}.${name}`)));

const ENVIRONMENTS = fieldsOf('Env');
/** Objects whose keys are data: a key counts even if its value is empty. */
const KEYED = fieldsOf('Labels', 'ExposedPorts', 'Volumes');
/** Go pointers to numbers: absent means Docker's default of ten seconds, 0 means kill immediately. */
const ABSENT_IS_NOT_ZERO = fieldsOf('StopTimeout');

/** Compared as a sequence (`compareHistories`) and as layers (`compareLayers`). */
const COMPARED_ELSEWHERE: ReadonlySet<string> = new Set(['history', 'rootfs.diff_ids']);

/** Deeper objects are compared as one field, so that hostile nesting cannot create names longer than the document. */
const MAX_PREFIX = 100;

/**
 * Compares two image configs (OCI image-spec config.md, Docker image spec v1.2), except `history` and
 * `rootfs.diff_ids`. Accepts any JSON value that `parseJson` returns.
 *
 * Go programs write these files, and not all of them write zero values. So an absent field equals null, "", 0,
 * false, [] and {}: `Entrypoint: []` has the same effect as no entrypoint, and 0 in a health check means the
 * default. There are three exceptions. A key of `Labels`, `ExposedPorts`, `Volumes` or `Env` counts even if its
 * value is empty. Elements of arrays are compared exactly: `Cmd: [""]` is a command. `StopTimeout: 0` is not the
 * default.
 *
 * `Env` is compared by variable. If a name occurs twice, the last value counts, as in runc and crun. The whole list
 * is one change where an entry is not `NAME=value`, or where the lists differ only in order or in values without
 * effect. Other objects are compared field by field, other arrays as a whole.
 *
 * @param options.ignore `created` and `builder` (see `categoryOf`), or `config` for all changes
 * @returns changes sorted by field, then by key (UTF-16 code units); the number of ignored changes by kind
 */
export function compareConfigs(
  a: unknown,
  b: unknown,
  { ignore }: { readonly ignore: ReadonlySet<Ignorable> },
): { changes: ConfigChange[]; ignored: Map<Ignorable, number> } {
  const found: ConfigChange[] = [];
  compareFields('', a, b, found);
  const changes: ConfigChange[] = [];
  const ignored = new Map<Ignorable, number>();
  for (const change of found) {
    const what = ignore.has('config') ? 'config' : categoryOf(change.field, change.key);
    if (what !== null && ignore.has(what)) ignored.set(what, (ignored.get(what) ?? 0) + 1);
    else changes.push(change);
  }
  return { changes: changes.sort(byFieldAndKey), ignored };
}

function compareFields(field: string, a: unknown, b: unknown, found: ConfigChange[]): void {
  if (COMPARED_ELSEWHERE.has(field)) return;
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
      compareFields(field === '' ? key : `${field}.${key}`, own(objectA, key), own(objectB, key), found);
    }
  }
}

function compareWhole(field: string, a: unknown, b: unknown, found: ConfigChange[]): void {
  const pointer = ABSENT_IS_NOT_ZERO.has(field);
  const missingA = pointer ? isMissing(a) : isZero(a);
  const missingB = pointer ? isMissing(b) : isZero(b);
  if (equalFields(a, b) && !(pointer && missingA !== missingB)) return;
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
    else if (!equalFields(value, other)) found.push({ field, key, change: 'changed', a: value, b: other });
  }
  for (const [key, value] of b) if (!a.has(key)) found.push({ field, key, change: 'added', b: value });
}

/** Returns null unless the value is a list of `NAME=value`. */
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

/** `object[key]` would find `constructor` and `__proto__` in every object. */
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
