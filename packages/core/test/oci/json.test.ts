import { isLayersError, type LayersError } from '@layers/errors';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/oci/json.ts';

const parse = (text: string, limit?: number) => parseJson(Buffer.from(text), 'x.json', limit);

function failure(run: () => unknown): LayersError {
  try {
    run();
  } catch (error) {
    if (isLayersError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseJson', () => {
  test('any JSON value comes back as it went in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: runs(200, 2_000) },
    );
  });

  test('a byte order mark is skipped', () => {
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  test('the last of equal keys counts', () => {
    expect(parse('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  test('a key __proto__ changes no prototype', () => {
    const value = Object(parse('{"__proto__":{"polluted":true}}'));
    expect(Reflect.get(value, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('a document over the limit is refused, one of the limit is not', () => {
    expect(parse('[1,2]', 5)).toEqual([1, 2]);
    const error = failure(() => parse('[1,2] ', 5));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_JSON', file: 'x.json' });
    expect(error.message).toBe('x.json has 6 bytes, over the limit of 5');
  });

  test.each(['[', '{"a":', '[{"a":'])('ten megabytes of %s are refused', (piece) => {
    const error = failure(() => parse(piece.repeat(10_000_000 / piece.length)));
    expect(error.code).toBe('ERR_LAYERS_JSON');
    expect(error.message).toMatch(/nests deeper than 200 levels at byte [0-9]+$/);
  });

  test('ten megabytes of balanced brackets are refused, a deep but sensible document is not', () => {
    expect(failure(() => parse('['.repeat(5e6) + ']'.repeat(5e6))).code).toBe('ERR_LAYERS_JSON');
    expect(() => parse('['.repeat(200) + ']'.repeat(200))).not.toThrow();
    expect(() => parse('['.repeat(201) + ']'.repeat(201))).toThrow('nests deeper');
  });

  test('brackets and commas within strings do not count', () => {
    const text = JSON.stringify({ a: '[{,"\\'.repeat(500_000) });
    expect(() => parse(text)).not.toThrow();
  });

  test('a small text that would become millions of objects is refused', () => {
    expect(failure(() => parse(`[${'{},'.repeat(1_000_000)}1]`)).message).toContain(
      'more than 1000000 values',
    );
    expect(failure(() => parse(`[${'1,'.repeat(1_000_001)}1]`)).message).toContain(
      'more than 1000000 values',
    );
  });

  test.each([
    ['', 0],
    ['{"a"', 4],
    ['{"a":1,}', 7],
    ['\ufeff{"é" 1}', 9],
    ['"\u0001"', 1],
  ])('invalid JSON %j is placed at byte %i', (text, offset) => {
    const error = failure(() => parse(text));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_JSON', file: 'x.json', offset });
    expect(error.message).toContain(`at byte ${offset}`);
  });

  test('what the engine quotes from the document is neither printed nor believed', () => {
    const error = failure(() => parse('[\u001b[31m in JSON at position 999]'));
    expect(error.message).not.toMatch(/[\u0000-\u001f]/);
    expect(error.offset).not.toBe(999);
    expect(error.cause).toBeUndefined();
  });

  test.each([
    [[0x22, 0xff, 0x22], 1],
    [[0x22, 0x61, 0xc3, 0x22], 3],
    [[0x22, 0x61, 0xe2, 0x82], 4],
    [[0xff, 0xfe, 0x7b, 0x00], 0],
    [[0x22, 0xed, 0xa0, 0x80, 0x22], 2],
  ])('bytes %j cease to be UTF-8 at byte %i', (bytes, offset) => {
    const error = failure(() => parseJson(Uint8Array.from(bytes), 'x.json'));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_JSON', file: 'x.json', offset });
    expect(error.message).toBe(`x.json is not UTF-8 at byte ${offset}`);
  });

  test('random bytes give a value or our error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          parseJson(bytes, 'x.json');
        } catch (error) {
          if (!isLayersError(error)) throw error;
          expect(error.offset ?? 0).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: runs(300, 3_000) },
    );
  });
});
