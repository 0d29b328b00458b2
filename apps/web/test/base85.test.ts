import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { encodeBase85 } from '../encode-base85.mjs';
import { decodeBase85 } from '../src/page/base85.ts';

it.each([0, 1, 2, 3, 4, 5, 1023, 100_000])('decodes %i bytes, filled with zeros', (length) => {
  for (const bytes of [randomBytes(length), Buffer.alloc(length, 0xff), Buffer.alloc(length)]) {
    const text = encodeBase85(bytes);
    expect(text).toMatch(/^[#-[\]-x]*$/);
    const decoded = Buffer.from(decodeBase85(text));
    expect(decoded.length).toBe(Math.ceil(length / 4) * 4);
    expect(Buffer.compare(decoded.subarray(0, length), bytes)).toBe(0);
    expect(decoded.subarray(length).every((byte) => byte === 0)).toBe(true);
  }
});
