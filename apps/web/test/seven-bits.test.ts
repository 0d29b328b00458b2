import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { encodeSevenBits } from '../encode-seven-bits.mjs';
import { decodeSevenBits } from '../src/page/seven-bits.ts';

it.each([0, 1, 2, 6, 7, 8, 9, 1023, 100_000])(
  'decodes %i bytes, from text that needs no escapes',
  (length) => {
    for (const bytes of [randomBytes(length), Buffer.alloc(length, 0xff), Buffer.alloc(length)]) {
      const text = encodeSevenBits(bytes);
      expect(JSON.parse(`"${text.replaceAll(/[\x01-\x1f]/g, ' ')}"`)).toHaveLength(text.length);
      expect(text).not.toMatch(/[\0\n\r]/);
      expect(Buffer.compare(decodeSevenBits(text, length), bytes)).toBe(0);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(Math.ceil((length * 8) / 7) + 1);
    }
  },
);
