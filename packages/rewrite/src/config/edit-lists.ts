import {
  EMPTY_OBJECT,
  memberOf,
  plainJson,
  type RawJson,
  type RawMember,
  type RawObject,
  rawJsonOf,
  withDataKey,
  withMember,
  wrongConfig,
} from './raw-json.js';

type Pairs = readonly (readonly [name: string, value: string])[];
type Matcher = (name: string) => boolean;

/** Edits `Env` of the execution parameters. Keeps the order; a name that is set occurs once. */
export function editEnv(config: RawObject, set: Pairs, isUnset: Matcher): RawObject {
  const env = memberOf(config, 'Env');
  const old = env === undefined ? [] : entriesOf(env);
  const values = new Map(set);
  const done = new Set<string>();
  const items = old.flatMap(({ name, raw, text }) => {
    const value = values.get(name);
    if (value === undefined) return isUnset(name) ? [] : [raw];
    if (done.has(name)) return [];
    done.add(name);
    const entry = `${name}=${value}`;
    return [text === entry ? raw : rawJsonOf(entry)];
  });
  for (const [name, value] of values) if (!done.has(name)) items.push(rawJsonOf(`${name}=${value}`));
  const isSame = items.length === old.length && items.every((item, i) => item === old[i]?.raw);
  if (isSame) return config;
  return withMember(config, 'Env', items.length === 0 ? undefined : { kind: 'array', items });
}

interface EnvEntry {
  readonly name: string;
  readonly text: string;
  readonly raw: RawJson;
}

function entriesOf(env: RawJson): EnvEntry[] {
  if (env.kind !== 'array') throw wrongConfig('config.Env is not a list');
  return env.items.map((raw) => {
    const text = plainJson(raw);
    if (typeof text !== 'string') throw wrongConfig('config.Env contains an item that is not a string');
    // Windows has variables such as `=C:`.
    const end = text.indexOf('=', 1);
    return { name: end < 0 ? text : text.slice(0, end), text, raw };
  });
}

/** Edits `Labels` of the execution parameters. */
export function editLabels(config: RawObject, set: Pairs, isUnset: Matcher): RawObject {
  const names = new Map(set);
  return editMap(config, 'Labels', (labels) => {
    const kept = labels.members.filter(({ key }) => names.has(key) || !isUnset(key));
    let result = withMembers(labels, kept);
    for (const [name, value] of names) result = withDataKey(result, name, rawJsonOf(value));
    return result;
  });
}

/**
 * Edits an object of the execution parameters whose values are empty: `Volumes`, `ExposedPorts`.
 *
 * @param full returns the same text for two keys that mean the same
 */
export function editKeys(
  config: RawObject,
  field: string,
  add: readonly string[],
  isUnset: Matcher,
  full: (key: string) => string = (key) => key,
): RawObject {
  const values = new Set(add);
  return editMap(config, field, (object) => {
    const kept = object.members.filter(({ key }) => values.has(full(key)) || !isUnset(key));
    let result = withMembers(object, kept);
    const present = new Set(kept.map(({ key }) => full(key)));
    for (const key of values) if (!present.has(key)) result = withDataKey(result, key, EMPTY_OBJECT);
    return result;
  });
}

function editMap(config: RawObject, field: string, edit: (old: RawObject) => RawObject): RawObject {
  const value = memberOf(config, field);
  // Builders written in PHP write an empty object as a list.
  const isEmpty = value === undefined || (value.kind === 'array' && value.items.length === 0);
  const old = isEmpty ? EMPTY_OBJECT : value;
  if (old.kind !== 'object') throw wrongConfig(`config.${field} is not an object`);
  const edited = edit(old);
  if (edited === old) return config;
  return withMember(config, field, edited.members.length === 0 ? undefined : edited);
}

function withMembers(object: RawObject, members: readonly RawMember[]): RawObject {
  return members.length === object.members.length ? object : { kind: 'object', members };
}
