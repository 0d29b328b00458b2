import { describe, expect, it } from 'vitest';
import {
  counted,
  humanBytes,
  oneLine,
  percent,
  setTime,
  shortDate,
  shortDigest,
  shortTime,
} from '../../src/output/format.ts';
import { modeString } from '../../src/output/mode.ts';

describe('formats', () => {
  it('takes the zero time of Go as a time that is not set', () => {
    const times = ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z', null, '1970-01-01T00:00:00Z', 'x'];
    expect(times.map(setTime)).toEqual([null, null, null, '1970-01-01T00:00:00Z', 'x']);
  });

  it('formats sizes as docker does, with a space', () => {
    expect([0, 999, 2048, 5_610_000, 833_408, 1.6e9].map(humanBytes)).toEqual([
      '0 B',
      '999 B',
      '2.05 kB',
      '5.61 MB',
      '833 kB',
      '1.6 GB',
    ]);
  });

  it('rounds shares down, so that 100 % is exact', () => {
    expect([1, 0.99999, 0.5, 0].map(percent)).toEqual(['100.0 %', '99.9 %', '50.0 %', '0.0 %']);
  });

  it('shortens digests, and only digests', () => {
    expect(shortDigest(`sha256:${'0123456789abcdef'.repeat(4)}`)).toBe('0123456789ab');
    expect(shortDigest('\x1b[31m')).toBe('\x1b[31m');
  });

  it('shortens valid times', () => {
    expect(shortTime('2026-11-21T02:36:41.123456789Z')).toBe('2026-11-21 02:36:41Z');
    expect(shortTime('2026-11-21T02:36:41+01:00')).toBe('2026-11-21 02:36:41+01:00');
    expect(shortTime('yesterday')).toBe('yesterday');
  });

  it('writes any number of seconds', () => {
    expect([0, -1, 253402300800, 1e15].map(shortDate)).toEqual([
      '1970-01-01 00:00',
      '1969-12-31 23:59',
      '+010000-01-01 00:00',
      '@1000000000000000',
    ]);
  });

  it('counts and joins', () => {
    expect([counted(1, 'file'), counted(2, 'file')]).toEqual(['1 file', '2 files']);
    expect(oneLine(' a\n\tb  c ')).toBe('a b c');
  });
});

describe('modeString', () => {
  it.each([
    ['file', 0o644, '-rw-r--r--'],
    ['directory', 0o1777, 'drwxrwxrwt'],
    ['file', 0o4755, '-rwsr-xr-x'],
    ['file', 0o6600, '-rwS--S---'],
    ['directory', 0o1770, 'drwxrwx--T'],
    ['symlink', 0o777, 'lrwxrwxrwx'],
    ['char', 0o666, 'crw-rw-rw-'],
    ['whiteout', 0, 'w---------'],
  ] as const)('%s %o is %s', (type, mode, text) => {
    expect(modeString(type, mode)).toBe(text);
  });
});
