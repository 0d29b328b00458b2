import { plainJson, type RawJson, type RawMember, type RawObject, rawJsonOf } from './raw-json.js';

/**
 * Returns the document in canonical form: keys sorted by their UTF-16 units, of repeated keys the last, strings escaped as
 * `JSON.stringify` does. Numbers stay as written, since JavaScript cannot represent all of them.
 */
export function canonicalJson(value: RawJson): RawJson {
  if (value.kind === 'array') return { kind: 'array', items: value.items.map(canonicalJson) };
  if (value.kind === 'object') return canonicalObject(value);
  return value.text.startsWith('"') ? rawJsonOf(plainJson(value)) : value;
}

function canonicalObject({ members }: RawObject): RawObject {
  const last = new Map<string, RawMember>();
  for (const member of members) last.set(member.key, member);
  const sorted = [...last.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    kind: 'object',
    members: sorted.map(({ key, value }) => ({
      key,
      keyText: JSON.stringify(key),
      value: canonicalJson(value),
    })),
  };
}

/** Returns whether a Go program with `omitempty` would omit this value. */
export function isZeroJson(value: RawJson): boolean {
  if (value.kind === 'array') return value.items.length === 0;
  if (value.kind === 'object') return value.members.length === 0;
  return ['null', 'false', '0', '""'].includes(value.text);
}
