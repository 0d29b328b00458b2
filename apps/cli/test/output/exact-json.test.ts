import { exactJson, jsonText } from '@layers/core/analysis';
import { JsonNumber } from '@layers/core/oci';
import { describe, expect, it } from 'vitest';
import { jsonLines } from '../../src/output/json-lines.ts';
import { pairText, valueText } from '../../src/render/diff/values.ts';
import { viewOfWidth } from '../support/views.ts';

const big = new JsonNumber('12345678901234567890');
const value = { b: [big, { c: big }], a: 'x"' };

describe('a number that JavaScript would round', () => {
  it('is exact in JSON', () => {
    expect(exactJson(value, JSON.stringify)).toBe(
      '{"b":[12345678901234567890,{"c":12345678901234567890}],"a":"x\\""}',
    );
    expect(exactJson({ a: 1 }, JSON.stringify)).toBe('{"a":1}');
  });

  it('is exact in documents and lines', () => {
    expect([...jsonText({ a: big, b: [big] })].join('')).toBe(
      '{\n  "a": 12345678901234567890,\n  "b": [\n    12345678901234567890\n  ]\n}\n',
    );
    expect([...jsonLines([value])].join('')).toBe(
      '{"a":"x\\"","b":[12345678901234567890,{"c":12345678901234567890}]}\n',
    );
  });

  it('is exact in text', () => {
    const view = viewOfWidth(80);
    expect(valueText(big, view)).toBe('12345678901234567890');
    expect(pairText([big], 1, view)).toBe('[12345678901234567890] -> 1');
  });
});
