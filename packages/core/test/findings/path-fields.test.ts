import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathFields, textOfBytes } from '../../src/findings/path-fields.ts';

describe('bytes as text', () => {
  test('can be restored exactly', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const { text, base64 } = textOfBytes(bytes);
        const back = base64 === null ? Buffer.from(text) : Buffer.from(base64, 'base64');
        expect(back.equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: runs(300, 3_000) },
    );
  });

  test('have base64 only where they are not UTF-8', () => {
    expect(pathFields(Buffer.from('/é'))).toEqual({ path: '/é' });
    expect(pathFields(Buffer.from('/\uFFFD'))).toEqual({ path: '/\uFFFD' });
    expect(pathFields(Buffer.from([0x2f, 0xff]))).toEqual({ path: '/\uFFFD', pathBase64: 'L/8=' });
    expect(pathFields(new Uint8Array([1, 0x2f, 0x61, 2]).subarray(1, 3))).toEqual({ path: '/a' });
  });
});
