import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDigester, digestOf } from '../../src/digest/digester.ts';

const EMPTY_SHA256 = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const ABC_SHA512 =
  'sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f';

describe('createDigester', () => {
  test('computes known digests', () => {
    expect(createDigester('sha256').digest()).toBe(EMPTY_SHA256);
    const sha512 = createDigester('sha512');
    sha512.update(Buffer.from('a'));
    sha512.update(Buffer.from('bc'));
    expect(sha512.digest()).toBe(ABC_SHA512);
  });

  test('returns its digest twice, and refuses further bytes', () => {
    const digester = createDigester();
    expect(digester.digest()).toBe(digester.digest());
    expect(() => digester.update(Buffer.from('x'))).toThrow();
  });

  test('does not depend on the chunks, and does not keep them', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
        const digester = createDigester('sha256');
        const whole = Buffer.concat(pieces);
        for (const piece of pieces) {
          digester.update(piece);
          piece.fill(0);
        }
        expect(digester.digest()).toBe(digestOf(whole));
      }),
      { numRuns: runs(100, 1_000) },
    );
  });
});

test('digestOf accepts bytes and text', () => {
  expect(digestOf('')).toBe(EMPTY_SHA256);
  expect(digestOf(Buffer.from('abc'), 'sha512')).toBe(ABC_SHA512);
});
