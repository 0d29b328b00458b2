import { base256, bytesOf } from '@layers/testing/raw-tar';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsOctal, readNumber, writeNumber } from '../src/numbers.ts';

function read(field: string | Uint8Array): number | string {
  const bytes = typeof field === 'string' ? bytesOf(field) : field;
  return readNumber(bytes, 0, bytes.length);
}

describe('reading a numeric field', () => {
  it.each([
    ['0000644\0', 0o644],
    ['000644 \0', 0o644],
    ['   644 \0', 0o644],
    [' 644\0\0\0\0', 0o644],
    ['\0\0\x00644\0\0', 0o644],
    ['00000644', 0o644],
    ['77777777', 0o77777777],
    ['77777777777\0', 8 ** 11 - 1],
    ['777777777777', 8 ** 12 - 1],
    ['\0\0\0\0\0\0\0\0', 0],
    ['        ', 0],
    ['644\0garb', 0o644],
    ['644\x00999', 0o644],
  ])('reads the octal field %j as %d', (field, value) => {
    expect(read(field)).toBe(value);
  });

  it.each(['00008\0', '-000005\0', '12 3\0', '0x1ff\0', 'abcdefg\0', '644x\0', '1.5\0', '+644\0', '٣'])(
    'calls the field %j malformed',
    (field) => {
      expect(read(field)).toBe('malformed');
    },
  );

  it.each([
    ['800000000000000000000000', 0],
    ['80000000000000000000ffff', 65535],
    ['800000000000000200000000', 8589934592],
    ['80000000001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['800000000020000000000000', 'out-of-range'],
    ['800000001000000000000000', 'out-of-range'],
    ['bfffffffffffffffffffffff', 'out-of-range'],
    ['ffffffffffffffffffffffff', -1],
    ['fffffffffffffffffffffffe', -2],
    ['ffffffffffffffff00000000', -4294967296],
    ['ffffffffffe0000000000001', Number.MIN_SAFE_INTEGER],
    ['ffffffffffe0000000000000', 'out-of-range'],
    ['ffffffffffdfffffffffffff', 'out-of-range'],
    ['c00000000000000000000000', 'out-of-range'],
    ['8000000000200000', 2097152],
    ['80000000ffffffff', 4294967295],
    ['ffffffff80000000', -2147483648],
  ])('reads the base-256 field %s as %s', (hex, value) => {
    expect(read(new Uint8Array(Buffer.from(hex, 'hex')))).toBe(value);
  });

  it('agrees with BigInt for every base-256 number', () => {
    const near53 = fc.bigInt({ min: -(2n ** 53n) - 300n, max: -(2n ** 53n) + 300n });
    const any = fc.oneof(
      fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }),
      near53,
      near53.map((n) => -n),
      fc.bigInt({ min: -300n, max: 300n }),
    );
    fc.assert(
      fc.property(any, (value) => {
        const safe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
        expect(read(base256(value, 12))).toBe(safe ? Number(value) : 'out-of-range');
      }),
    );
  });
});

describe('writing a numeric field', () => {
  it('writes octal with a final NUL and leading zeros, as every writer does', () => {
    const field = new Uint8Array(8).fill(0xff);
    expect(writeNumber(field, 0, 8, 0o644)).toBe(true);
    expect(Buffer.from(field).toString('latin1')).toBe('0000644\0');
  });

  it('writes base-256 for numbers that do not fit octal', () => {
    const field = new Uint8Array(8);
    expect(writeNumber(field, 0, 8, 8 ** 7 - 1)).toBe(true);
    expect(Buffer.from(field).toString('hex')).toBe('3737373737373700');
    expect(writeNumber(field, 0, 8, 8 ** 7)).toBe(true);
    expect(Buffer.from(field).toString('hex')).toBe('8000000000200000');
    expect(writeNumber(field, 0, 8, -1)).toBe(true);
    expect(Buffer.from(field).toString('hex')).toBe('ffffffffffffffff');
  });

  it('writes every safe integer so that it is read back', () => {
    const value = fc.oneof(fc.maxSafeInteger(), fc.integer());
    fc.assert(
      fc.property(value, (n) => {
        const field = new Uint8Array(12);
        expect(writeNumber(field, 0, 12, n)).toBe(true);
        expect(readNumber(field, 0, 12)).toBe(n + 0);
      }),
    );
  });

  it('refuses numbers that no field can hold', () => {
    const field = new Uint8Array(12);
    for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(writeNumber(field, 0, 12, value)).toBe(false);
    expect(writeNumber(field, 0, 4, 2 ** 40)).toBe(false);
  });

  it('decides which numbers fit octal', () => {
    expect([0, 8 ** 7 - 1, 8 ** 7, -1, 1.5].map((value) => fitsOctal(value, 8))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
