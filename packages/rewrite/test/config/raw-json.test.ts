import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  memberOf,
  parseRawJson,
  plainJson,
  type RawObject,
  rawJsonOf,
  rawJsonText,
  withMember,
} from '../../src/config/raw-json.ts';

const objectOf = (text: string): RawObject => {
  const value = parseRawJson(Buffer.from(text), 'test');
  if (value.kind !== 'object') throw new Error('not an object');
  return value;
};

test('keeps the spelling of numbers and escapes, the order of keys, and repeated keys', () => {
  const text = '{"2":18446744073709551616,"1":1.0,"a":"\\u003c\\/é","a":-0,"__proto__":[true,null,1e400]}';
  expect(rawJsonText(objectOf(text))).toBe(text);
});

test('drops spaces between values, but not in strings', () => {
  expect(rawJsonText(objectOf(' {\n "a" : [ 1 , { } , "x , y" ] ,\t"b":{"c" : [] } }\n'))).toBe(
    '{"a":[1,{},"x , y"],"b":{"c":[]}}',
  );
});

test('any JSON keeps its meaning, with any indentation', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const raw = parseRawJson(Buffer.from(JSON.stringify(value, null, indent)), 'test');
      expect(rawJsonText(raw)).toBe(JSON.stringify(value));
      expect(rawJsonText(rawJsonOf(value))).toBe(JSON.stringify(value));
      expect(JSON.stringify(plainJson(raw))).toBe(JSON.stringify(value));
    }),
    { numRuns: runs(300, 20_000) },
  );
});

test('reads long strings and deep nesting', () => {
  const long = `["${'x\\"'.repeat(2_000_000)}"]`;
  expect(rawJsonText(parseRawJson(Buffer.from(long), 'test'))).toBe(long);
  const deep = '['.repeat(200) + ']'.repeat(200);
  expect(rawJsonText(parseRawJson(Buffer.from(deep), 'test'))).toBe(deep);
});

test('invalid JSON is refused', () => {
  for (const text of ['', '{', '[1,]', '{"a" 1}', 'x', '\ud800']) {
    expect(() => parseRawJson(Buffer.from(text), 'test')).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_JSON' }),
    );
  }
});

test('the last of repeated keys is used, and an edit removes the others', () => {
  const object = objectOf('{"a":1,"b":2,"a":3,"c":null}');
  expect(memberOf(object, 'a')).toEqual({ kind: 'scalar', text: '3' });
  expect(memberOf(object, 'c')).toBeUndefined();
  expect(rawJsonText(withMember(object, 'a', rawJsonOf(4)))).toBe('{"b":2,"a":4,"c":null}');
  expect(rawJsonText(withMember(object, 'a', undefined))).toBe('{"b":2,"c":null}');
  expect(rawJsonText(withMember(object, 'd', rawJsonOf('\u2028')))).toContain('"d":');
});

test('an equal value keeps its spelling', () => {
  const object = objectOf('{"a":"\\u003c"}');
  expect(withMember(object, 'a', rawJsonOf('<'))).toBe(object);
});

test('numbers are equal if their text is, strings in any spelling', () => {
  const object = objectOf('{"n":[12345678901234567890],"s":{"k":"\\u003c","k":"\\u003e"},"e":1e400}');
  const set = (name: string, text: string) =>
    withMember(object, name, parseRawJson(Buffer.from(text), 'test'));
  expect(set('n', '[ 12345678901234567890 ]')).toBe(object);
  expect(rawJsonText(set('n', '[12345678901234567891]'))).toContain('"n":[12345678901234567891]');
  expect(rawJsonText(set('e', '1e401'))).toContain('"e":1e401');
  expect(set('s', '{"k":">"}')).toBe(object);
  expect(set('s', '{"k":"<"}')).not.toBe(object);
});
