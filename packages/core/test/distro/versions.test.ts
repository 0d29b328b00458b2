import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions } from '../../src/distro/compare-versions.ts';
import { APK_3_VERSIONS, APK_VERSIONS, DPKG_VERSIONS, RPM_VERSIONS } from './support/version-tables.ts';

const systems = [
  { system: 'dpkg', table: DPKG_VERSIONS },
  { system: 'rpm', table: RPM_VERSIONS },
  { system: 'apk', table: [...APK_VERSIONS, ...APK_3_VERSIONS] },
] as const;

describe.each(systems)('the order of versions of $system', ({ system, table }) => {
  const sign = (a: string, b: string): string =>
    ['<', '=', '>'][Math.sign(compareVersions(system, a, b)) + 1] ?? '';

  test.each(table)('%s %s %s', (a, order, b) => {
    expect(sign(a, b)).toBe(order);
    const reversed: Readonly<Record<string, string>> = { '<': '>', '=': '=', '>': '<' };
    expect(sign(b, a)).toBe(reversed[order]);
  });

  test('is a total order of any three texts, and antisymmetric', () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      '10',
      '01',
      '.',
      '-',
      '~',
      '^',
      ':',
      '_',
      '+',
      'a',
      'rc',
      '_p',
      '-r',
      'é',
      '\u{1f600}',
      '\0',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(sign(a, a)).toBe('=');
        expect(Math.sign(compareVersions(system, a, b))).toBe(0 - Math.sign(compareVersions(system, b, a)));
      }),
      { numRuns: runs(500, 100_000) },
    );
  });

  test('accepts texts of a million characters', () => {
    for (const unit of ['1', 'a', '.', '~', '^', '-', '_p', '1.', '0']) {
      const long = `1${unit.repeat(1_000_000 / unit.length)}`;
      expect(sign(long, long)).toBe('=');
      expect(Math.abs(compareVersions(system, long, `${long}1`))).toBeGreaterThanOrEqual(0);
    }
  });
});
