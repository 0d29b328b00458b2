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
  test('returns any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: runs(200, 2_000) },
    );
  });

  test('skips a byte order mark', () => {
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  test('uses the last of equal keys', () => {
    expect(parse('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  test('a key __proto__ does not change a prototype', () => {
    const value = Object(parse('{"__proto__":{"polluted":true}}'));
    expect(Reflect.get(value, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('refuses a document over the limit, and accepts one at the limit', () => {
    expect(parse('[1,2]', 5)).toEqual([1, 2]);
    const error = failure(() => parse('[1,2] ', 5));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_JSON', file: 'x.json' });
    expect(error.message).toBe('x.json has 6 bytes; the limit is 5');
  });

  test.each(['[', '{"a":', '[{"a":'])('ten megabytes of %s are refused', (piece) => {
    const error = failure(() => parse(piece.repeat(10_000_000 / piece.length)));
    expect(error.code).toBe('ERR_LAYERS_JSON');
    expect(error.message).toMatch(/has more than 200 levels of nesting at byte [0-9]+$/);
  });

  test('refuses ten megabytes of balanced brackets, and accepts a deep document', () => {
    expect(failure(() => parse('['.repeat(5e6) + ']'.repeat(5e6))).code).toBe('ERR_LAYERS_JSON');
    expect(() => parse('['.repeat(200) + ']'.repeat(200))).not.toThrow();
    expect(() => parse('['.repeat(201) + ']'.repeat(201))).toThrow('more than 200 levels');
  });

  test('ignores brackets and commas within strings', () => {
    const text = JSON.stringify({ a: '[{,"\\'.repeat(500_000) });
    expect(() => parse(text)).not.toThrow();
  });

  test('refuses a small text that would become millions of objects', () => {
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
  ])('reports invalid JSON %j at byte %i', (text, offset) => {
    const error = failure(() => parse(text));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_JSON', file: 'x.json', offset });
    expect(error.message).toContain(`at byte ${offset}`);
  });

  test('does not print or parse what the engine quotes from the document', () => {
    const error = failure(() => parse('[\u001b[31m in JSON at position 999]'));
    expect(error.message).not.toMatch(/[\u0000-\u001f]/);
    expect(error.offset).not.toBe(999);
    expect(error.cause).toBeUndefined();
  });

  test.each([
    [[0x22, 0xff], 1],
    [[0x22, 0x61, 0xe2, 0x82], 4],
    [[0xff, 0xfe, 0x7b, 0x00], 0],
    [[0x1f, 0x8b, 0x08, 0x00], 1],
  ])('reports that bytes %j are not UTF-8 at byte %i', (bytes, offset) => {
    const error = failure(() => parseJson(Uint8Array.from(bytes), 'x.json'));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_JSON', file: 'x.json', offset });
    expect(error.message).toBe(`x.json is not UTF-8 at byte ${offset}`);
  });

  test.each([
    [[0x22, 0xff, 0x22], '\ufffd'],
    [[0x22, 0x61, 0xc3, 0x22], 'a\ufffd'],
    [[0x22, 0x63, 0x61, 0x66, 0xe9, 0x22], 'caf\ufffd'],
  ])('replaces the bytes of strings that are not UTF-8 as Go does: %j', (bytes, value) => {
    expect(parseJson(Uint8Array.from(bytes), 'x.json')).toBe(value);
  });

  test('random bytes give a value or a LayersError', () => {
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
