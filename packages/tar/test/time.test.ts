import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from '../src/time.ts';

describe('a PAX time', () => {
  it.each([
    ['0', 0, 0],
    ['-0', 0, 0],
    ['+5', 5, 0],
    ['1.5', 1, 500_000_000],
    ['1.', 1, 0],
    ['-1', -1, 0],
    ['-1.5', -2, 500_000_000],
    ['-0.000000001', -1, 999_999_999],
    ['1700000000.123456789', 1_700_000_000, 123_456_789],
    ['1700000000.1234567899', 1_700_000_000, 123_456_789],
    ['253402300800', 253_402_300_800, 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER, 0],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER, 0],
  ])('reads %s as %d s and %d ns', (text, seconds, nanoseconds) => {
    expect(parseTime(text)).toEqual({ seconds, nanoseconds });
  });

  it.each([
    '',
    '-',
    '.5',
    '1e3',
    '0x10',
    ' 1',
    '1 ',
    '1.5.5',
    '1,5',
    '99999999999999999',
    '9007199254740992',
    '-9007199254740991.5',
    'NaN',
    '1\0',
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeNull();
  });

  it('is written without trailing zeros', () => {
    expect(formatTime({ seconds: 1, nanoseconds: 0 })).toBe('1');
    expect(formatTime({ seconds: 1, nanoseconds: 500_000_000 })).toBe('1.5');
    expect(formatTime({ seconds: -1, nanoseconds: 999_999_999 })).toBe('-0.000000001');
    expect(formatTime({ seconds: -2, nanoseconds: 500_000_000 })).toBe('-1.5');
  });

  it('is read back as written', () => {
    const time = fc.record({
      seconds: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 })),
      nanoseconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999_999 })),
    });
    fc.assert(
      fc.property(time, (t) => {
        fc.pre(t.seconds > Number.MIN_SAFE_INTEGER);
        expect(parseTime(formatTime(t))).toEqual({ ...t, seconds: t.seconds + 0 });
      }),
    );
  });
});
