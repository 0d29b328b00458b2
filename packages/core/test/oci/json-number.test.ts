import { describe, expect, test } from 'vitest';
import { compareConfigs } from '../../src/diff/config/config-changes.ts';
import { parseConfig } from '../../src/oci/config.ts';
import { parseJson } from '../../src/oci/json.ts';
import { JsonNumber, parseExactly } from '../../src/oci/json-number.ts';

const parsed = (text: string): unknown => parseJson(Buffer.from(text), 'x.json');

describe('a number of a document', () => {
  test.each([
    '12345678901234567890',
    '-9007199254740993',
    '18446744073709551615',
    '0.12345678901234567890',
    '1e400',
    '-1E+999',
  ])('that would be rounded is kept: %s', (text) => {
    expect(parsed(text)).toEqual(new JsonNumber(text));
    expect(parsed(`{"a":[${text}, 1]}`)).toEqual({ a: [new JsonNumber(text), 1] });
    expect(String(parsed(text))).toBe(text);
    expect(JSON.stringify(parsed(text))).toBe(JSON.stringify(Number(text)));
  });

  test.each(['0', '-0', '9007199254740991', '1700000000000000', '1.50', '1e5', '1E+100', '0.1000', '1e-400'])(
    'that is exact is a number: %s',
    (text) => {
      expect(parsed(text)).toBe(JSON.parse(text));
    },
  );

  test('in text is text', () => {
    const text = '{"12345678901234567890":"12345678901234567890","a\\"":"\\\\","b":"\\"1e999"}';
    expect(parsed(text)).toEqual(JSON.parse(text));
    const both = text.replace('}', ',"c":12345678901234567890}');
    expect(parsed(both)).toEqual({ ...JSON.parse(text), c: new JsonNumber('12345678901234567890') });
  });

  test('does not change the own property __proto__', () => {
    const value = parseExactly('{"__proto__":1,"a":12345678901234567890}');
    expect(Object.keys(Object(value))).toEqual(['__proto__', 'a']);
  });
});

test('configs that differ in one digit of a large number differ', () => {
  const changes = (a: string, b: string) =>
    compareConfigs(parsed(`{"config":{"Memory":${a}}}`), parsed(`{"config":{"Memory":${b}}}`), {
      ignore: new Set(),
    }).changes.map(({ field }) => field);
  expect(changes('12345678901234567890', '12345678901234567891')).toEqual(['config.Memory']);
  expect(changes('12345678901234567890', '12345678901234567890')).toEqual([]);
  expect(changes('12345678901234567890', '1')).toEqual(['config.Memory']);
});

test('a large number in the place of another type is an error', () => {
  const config = (more: string) => parseConfig(parsed(`{"rootfs":{"diff_ids":[]}${more}}`), 'c.json');
  expect(() => config(',"os":12345678901234567890')).toThrow(/os should be a string/);
  expect(() => config(',"config":12345678901234567890')).toThrow(/config should be an object, but is 1234/);
});
