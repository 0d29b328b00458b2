import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { removeAuth, setAuth } from '../../src/credentials/edit-auths.ts';

const ENTRY = { auth: 'dTpw' };

/** Keys that are few, so that they meet, and any others. */
const key = fc.oneof(fc.constantFrom('h', 'h:1', '{', '"', '\\', 'auths', '__proto__', '1'), fc.string());
const auths = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 });
const others = fc.dictionary(key, fc.jsonValue(), { maxKeys: 4 });

/** A config as a text with its members in any order, and with any white space. */
const config = fc
  .record({ auths, others, isFirst: fc.boolean(), indent: fc.constantFrom('', '\t', '  ') })
  .map(({ auths, others, isFirst, indent }) => {
    const entries = Object.entries(others).filter(([name]) => name !== 'auths');
    const members = isFirst
      ? [['auths', auths] as const, ...entries]
      : [...entries, ['auths', auths] as const];
    return JSON.stringify(Object.fromEntries(members), null, indent);
  });

/** The members of a JSON object in the order of its text; maps because a key may be `__proto__`. */
const parsed = (text: string): Map<string, unknown> => new Map(Object.entries(JSON.parse(text)));
const authsOf = (text: string): Map<string, unknown> =>
  new Map(Object.entries(parsed(text).get('auths') ?? {}));

it('setAuth and removeAuth change one entry, and nothing else', () => {
  fc.assert(
    fc.property(config, key, (text, name) => {
      const added = setAuth(text, name, ENTRY);
      expect([...authsOf(added).keys()].sort()).toEqual([...new Set([...authsOf(text).keys(), name])].sort());
      expect(authsOf(added)).toEqual(new Map([...authsOf(text), [name, ENTRY]]));
      const removed = removeAuth(added, name);
      expect(authsOf(removed)).toEqual(new Map([...authsOf(text)].filter(([other]) => other !== name)));
      for (const edited of [added, removed]) {
        expect(new Map([...parsed(edited), ['auths', null]])).toEqual(
          new Map([...parsed(text), ['auths', null]]),
        );
      }
      expect(removeAuth(removed, name)).toBe(removed);
    }),
    { numRuns: runs(500, 20_000) },
  );
});
