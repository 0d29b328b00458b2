import { expect, test } from 'vitest';
import { timeFromEpoch } from '../../src/config/created-time.ts';

test('seconds since 1970 become a time in RFC 3339', () => {
  expect(timeFromEpoch(0)).toBe('1970-01-01T00:00:00Z');
  expect(timeFromEpoch(1_700_000_000)).toBe('2023-11-14T22:13:20Z');
  expect(timeFromEpoch(253_402_300_799)).toBe('9999-12-31T23:59:59Z');
  const usage = expect.objectContaining({ code: 'ERR_LAYERS_USAGE', hint: expect.any(String) });
  for (const seconds of [-1, 0.5, Number.NaN, 253_402_300_800, 1e15]) {
    expect(() => timeFromEpoch(seconds)).toThrow(usage);
  }
});
