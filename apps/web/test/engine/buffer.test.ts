import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Buffer as Ours } from '../../src/engine/buffer.ts';

const ENCODINGS = ['utf8', 'latin1', 'hex', 'base64'] as const;
const encoding = fc.constantFrom(...ENCODINGS);
/** Parts of characters, of a surrogate and of a byte order mark, so that many texts are invalid. */
const part = fc.constantFrom(
  0,
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
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.array(part, { maxLength: 9 }).map((list) => Uint8Array.from(list)),
);
const numRuns = runs(1000, 50_000);
const check = <Values extends [unknown, ...unknown[]]>(
  arbitraries: { [Key in keyof Values]: fc.Arbitrary<Values[Key]> },
  compare: (...values: Values) => void,
): void => fc.assert(fc.property(...arbitraries, compare), { numRuns });

describe('the Buffer of browsers does what that of Node does', () => {
  it('makes text of bytes', () => {
    check<[Uint8Array, (typeof ENCODINGS)[number], number, number]>(
      [bytes, encoding, fc.nat(10), fc.nat(300)],
      (value, name, start, end) => {
        const ours = Ours.from(value.buffer, value.byteOffset, value.length);
        expect(ours.toString(name)).toBe(Buffer.from(value).toString(name));
        expect(ours.toString(name, start, end)).toBe(Buffer.from(value).toString(name, start, end));
      },
    );
  });

  it('makes bytes of text', () => {
    check<[string]>([fc.string({ unit: 'binary-ascii', maxLength: 20 })], (text) => {
      for (const name of ['utf8', 'latin1', 'base64', 'base64url'] as const)
        expect([...Ours.from(text, name)]).toEqual([...Buffer.from(text, name)]);
    });
    expect([...Ours.from('\ud800é€\u{1f600}')]).toEqual([...Buffer.from('\ud800é€\u{1f600}')]);
    expect([...Ours.from('00ff7a', 'hex')]).toEqual([0, 0xff, 0x7a]);
    expect(Ours.byteLength('é€')).toBe(5);
  });

  it('compares, joins and searches bytes', () => {
    check<[Uint8Array, Uint8Array, number]>([bytes, bytes, fc.nat(20)], (a, b, from) => {
      expect(Ours.compare(a, b)).toBe(Buffer.compare(a, b));
      expect(Ours.from(a).compare(b)).toBe(Buffer.compare(a, b));
      expect(Ours.from(a).equals(b)).toBe(Buffer.from(a).equals(b));
      expect(Ours.from(a).equals(new Uint8Array(a))).toBe(true);
      expect([...Ours.concat([a, b])]).toEqual([...Buffer.concat([a, b])]);
      const whole = Buffer.concat([a, b]);
      expect(Ours.from(whole).indexOf(b, from)).toBe(whole.indexOf(b, from));
      expect(Ours.from(whole).includes(0x41)).toBe(whole.includes(0x41));
    });
  });

  it('takes parts of bytes that are bytes too', () => {
    const part = Ours.from('a name').subarray(2);
    expect(part.toString()).toBe('name');
    expect(Ours.from(part).equals(Ours.from('name'))).toBe(true);
  });
});
