import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFingerprinter, createFingerprintKey } from '../../../src/image/layers/fingerprint.ts';

const key = createFingerprintKey();

function fingerprint(
  pieces: readonly Uint8Array[],
  map: readonly number[] | null = null,
  with_ = key,
): string {
  const fingerprinter = createFingerprinter(with_);
  fingerprinter.start(
    map === null ? null : { form: 'pax-0.1', extents: map.map((offset) => ({ offset, bytes: 1 })) },
  );
  for (const piece of pieces) fingerprinter.update(piece);
  const print = fingerprinter.finish();
  expect(print).toHaveLength(16);
  return Buffer.from(print).toString('hex');
}

describe('the fingerprint of a content', () => {
  test('does not depend on the chunks', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000 }),
        fc.array(fc.nat(2000), { maxLength: 5 }),
        (bytes, cuts) => {
          const at = [0, ...cuts.sort((a, b) => a - b), 2000];
          const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
          expect(fingerprint(pieces)).toBe(fingerprint([bytes]));
        },
      ),
      { numRuns: runs(100, 1_000) },
    );
  });

  test('differs where a bit, the length, the sparse map or the key differs', () => {
    const bytes = Buffer.alloc(1000, 7);
    const flipped = Buffer.from(bytes);
    flipped[999] = 6;
    const prints = [
      fingerprint([bytes]),
      fingerprint([flipped]),
      fingerprint([bytes.subarray(1)]),
      fingerprint([Buffer.concat([bytes, Buffer.alloc(1)])]),
      fingerprint([bytes], [0]),
      fingerprint([bytes], [1]),
      fingerprint([bytes], null, createFingerprintKey()),
      fingerprint([]),
    ];
    expect(new Set(prints).size).toBe(prints.length);
    expect(fingerprint([bytes], [1])).toBe(fingerprint([bytes], [1]));
  });

  test('can be computed for several contents by one fingerprinter', () => {
    const fingerprinter = createFingerprinter(key);
    const prints = [1, 2, 1].map((value) => {
      fingerprinter.start(null);
      fingerprinter.update(Buffer.alloc(40, value));
      return Buffer.from(fingerprinter.finish()).toString('hex');
    });
    expect(prints[0]).toBe(prints[2]);
    expect(prints[0]).not.toBe(prints[1]);
    expect(() => fingerprinter.finish()).toThrow();
  });
});
