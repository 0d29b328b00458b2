import { isUtf8 as isNodeUtf8 } from 'node:buffer';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isUtf8 } from '../src/is-utf8.browser.ts';

it('recognises UTF-8 in browsers as Node does', () => {
  // Parts of characters of one to four bytes, of a surrogate, and of a byte order mark.
  const byte = fc.constantFrom(
    0x41,
    0xc3,
    0xa9,
    0xe2,
    0x82,
    0xac,
    0xf0,
    0x9f,
    0x98,
    0xed,
    0xa0,
    0xef,
    0xbb,
    0xbf,
  );
  const bytes = fc.array(byte, { maxLength: 6 }).map((list) => Uint8Array.from(list));
  fc.assert(
    fc.property(bytes, (value) => {
      expect(isUtf8(value)).toBe(isNodeUtf8(value));
    }),
    { numRuns: runs(200, 20_000) },
  );
});
