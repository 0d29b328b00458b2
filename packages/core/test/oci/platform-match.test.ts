import { describe, expect, test } from 'vitest';
import type { Platform } from '../../src/oci/platform.ts';
import { matchPlatform, platformRank } from '../../src/oci/platform-match.ts';

/** A platform as in documents, not normalised. */
function written(specifier: string): Platform {
  const [os = '', architecture = '', variant] = specifier.split('/');
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
const matches = (offered: string, have: string) => matchPlatform(written(offered), written(have));

describe('matchPlatform', () => {
  test.each([
    ['linux/amd64', 'linux/amd64'],
    ['linux/amd64', 'linux/x86_64'],
    ['linux/amd64', 'linux/amd64/v1'],
    ['linux/amd64/v3', 'linux/amd64/v2'],
    ['linux/amd64/v2', 'linux/amd64'],
    ['linux/amd64', 'linux/386'],
    ['linux/arm64', 'linux/arm64/v8'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v9', 'linux/arm64'],
    ['linux/arm64/v9', 'linux/arm64/v8.5'],
    ['linux/arm64/v9.2', 'linux/arm64/v9'],
    ['linux/arm64/v8.3', 'linux/arm64/v8.2'],
    ['linux/arm64', 'linux/arm/v7'],
    ['linux/arm64', 'linux/arm/v5'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/v7', 'linux/arm/v6'],
    ['Linux/amd64', 'linux/amd64'],
    ['linux/odd/x', 'linux/odd/x'],
  ])('%s can run %s', (offered, have) => {
    expect(matches(offered, have)).toBe(true);
  });

  test.each([
    ['linux/amd64', 'windows/amd64'],
    ['linux/amd64', 'linux/arm64'],
    ['linux/amd64', 'linux/amd64/v2'],
    ['linux/amd64/v2', 'linux/amd64/v3'],
    ['linux/386', 'linux/amd64'],
    ['linux/arm64', 'linux/arm64/v9'],
    ['linux/arm64/v9', 'linux/arm64/v8.6'],
    ['linux/arm64/v8', 'linux/arm64/v8.2'],
    ['linux/arm', 'linux/arm64'],
    ['linux/arm/v6', 'linux/arm/v7'],
    ['linux/arm/v6', 'linux/arm'],
    ['linux/amd64', 'unknown/unknown'],
    ['linux/odd/x', 'linux/odd'],
  ])('%s cannot run %s', (offered, have) => {
    expect(matches(offered, have)).toBe(false);
  });
});

test('the nearest variant is best, another architecture is last', () => {
  const order = (offered: string, ...haves: readonly string[]) =>
    haves
      .map((have) => ({ have, rank: platformRank(written(offered), written(have)) ?? Number.NaN }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ have }) => have);
  expect(order('linux/arm64', 'linux/arm/v6', 'linux/arm/v7', 'linux/arm64/v8')).toEqual([
    'linux/arm64/v8',
    'linux/arm/v7',
    'linux/arm/v6',
  ]);
  expect(
    order('linux/arm64/v9.1', 'linux/arm64', 'linux/arm64/v8.6', 'linux/arm/v8', 'linux/arm64/v9')[0],
  ).toBe('linux/arm64/v9');
  expect(order('linux/amd64/v3', 'linux/386', 'linux/amd64', 'linux/amd64/v2')).toEqual([
    'linux/amd64/v2',
    'linux/amd64',
    'linux/386',
  ]);
  expect(platformRank(written('linux/amd64'), written('linux/amd64'))).toBe(0);
});

test('windows images require one build', () => {
  const windows = (osVersion?: string): Platform => ({
    os: 'windows',
    architecture: 'amd64',
    ...(osVersion === undefined ? {} : { osVersion }),
  });
  expect(matchPlatform(windows('10.0.17763.1'), windows('10.0.17763.5820'))).toBe(true);
  expect(matchPlatform(windows('10.0.17763.1'), windows('10.0.20348.1'))).toBe(false);
  expect(matchPlatform(windows(), windows('10.0.20348.1'))).toBe(true);
  expect(matchPlatform(windows('10.0.17763.1'), windows())).toBe(true);
});
