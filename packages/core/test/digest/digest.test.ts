import { describe, expect, test } from 'vitest';
import {
  algorithmOf,
  computableAlgorithmOf,
  hexOf,
  isDigest,
  parseDigest,
  shortDigest,
} from '../../src/digest/digest.ts';

const sha256 = `sha256:${'0123456789abcdef'.repeat(4)}` as const;
const sha512 = `sha512:${'0123456789abcdef'.repeat(8)}` as const;

describe('isDigest', () => {
  test.each([
    sha256,
    sha512,
    'sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564',
    'multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8',
    'blake3:xyz=',
    'a.b-c_d:0',
  ])('accepts %s', (text) => {
    expect(isDigest(text)).toBe(true);
    expect(parseDigest(text)).toBe(text);
  });

  test.each([
    '',
    ':',
    'sha256',
    'sha256:',
    ':abc',
    sha256.toUpperCase(),
    `sha256:${'A'.repeat(64)}`,
    sha256.slice(0, -1),
    `${sha256}0`,
    sha512.slice(0, -1),
    `sha512:${'0'.repeat(64)}`,
    `${sha256}\n`,
    ` ${sha256}`,
    'sha256:../../etc/passwd',
    'Sha256:00',
    'a++b:00',
    '+a:00',
    'x:\u001b[31m',
    'x:é',
    `x:${'0'.repeat(5000)}`,
  ])('refuses %j', (text) => {
    expect(isDigest(text)).toBe(false);
    expect(parseDigest(text)).toBeNull();
  });

  test('is fast for a long text that nearly matches', () => {
    expect(isDigest(`${'a-'.repeat(1_000_000)}:`)).toBe(false);
  });
});

test('a digest is split at its first colon', () => {
  expect(algorithmOf(sha256)).toBe('sha256');
  expect(hexOf(sha256)).toBe('0123456789abcdef'.repeat(4));
  expect(shortDigest(sha256)).toBe('0123456789ab');
});

test('only sha256 and sha512 can be computed', () => {
  expect(computableAlgorithmOf(sha256)).toBe('sha256');
  expect(computableAlgorithmOf(sha512)).toBe('sha512');
  expect(computableAlgorithmOf('blake3:00')).toBeNull();
  expect(computableAlgorithmOf('sha256+b64u:00')).toBeNull();
});
