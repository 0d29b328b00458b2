import { jsonText } from '@layers/core/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLines } from '../../src/output/json-lines.ts';

const whole = (value: object) => [...jsonText(value)].join('');

describe('jsonText', () => {
  it('is what JSON.stringify writes, with two spaces', () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(value, (document) => {
        expect(JSON.parse(whole(document))).toEqual(JSON.parse(JSON.stringify(document)));
      }),
    );
    const document = { a: [], b: {}, c: [{ d: 1, e: [1, [2]] }, null, 'x'], f: { g: { h: true } } };
    expect(whole(document)).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  it('keeps the order of keys and omits undefined values', () => {
    expect(whole({ b: 1, a: undefined, c: [undefined] })).toBe('{\n  "b": 1,\n  "c": [\n    null\n  ]\n}\n');
  });

  it('writes an iterable as an array, in pieces', () => {
    function* numbers() {
      for (let i = 0; i < 100_000; i++) yield { i };
    }
    const pieces = [...jsonText({ numbers: numbers(), after: 1 })];
    expect(pieces.length).toBeGreaterThan(10);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
    const { numbers: read, after } = JSON.parse(pieces.join(''));
    expect([read.length, read[99_999], after]).toEqual([100_000, { i: 99_999 }, 1]);
  });

  it('supports the greatest depth of documents', () => {
    let tree: object = {};
    for (let i = 0; i < 5000; i++) tree = { children: [tree] };
    expect(whole(tree)).toContain('"children"');
  });

  it('prints no control characters, also not in keys', () => {
    expect(whole({ '\x9b': { '\x7f': ['\u202e'] } })).toMatch(/^[\x20-\x7e\n]*$/);
  });
});

describe('jsonLines', () => {
  it('writes equal objects as equal lines, with any order of keys', () => {
    const lines = [
      ...jsonLines([
        { b: 1, a: { y: '\u202e', x: 2 } },
        { a: { x: 2, y: '\u202e' }, b: 1 },
      ]),
    ];
    expect(lines[0]).toBe('{"a":{"x":2,"y":"\\u202e"},"b":1}\n');
    expect(lines[1]).toBe(lines[0]);
  });
});
