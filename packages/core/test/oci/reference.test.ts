import { isLayersError } from '@layers/errors';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  familiarName,
  familiarReference,
  familiarTag,
  formatReference,
  parseReference,
  referenceMatches,
  tryParseReference,
  withDefaultTag,
} from '../../src/oci/reference.ts';
import { hex, sum } from './documents.ts';

describe('parseReference', () => {
  test.each([
    ['alpine', 'docker.io', 'library/alpine', undefined, 'alpine'],
    ['alpine:3.20', 'docker.io', 'library/alpine', '3.20', 'alpine'],
    ['docker.io/alpine', 'docker.io', 'library/alpine', undefined, 'alpine'],
    ['index.docker.io/library/alpine:1', 'docker.io', 'library/alpine', '1', 'alpine'],
    ['library/alpine', 'docker.io', 'library/alpine', undefined, 'alpine'],
    ['library/a/b', 'docker.io', 'library/a/b', undefined, 'library/a/b'],
    ['me/app', 'docker.io', 'me/app', undefined, 'me/app'],
    ['bazel/v1/tarball:x', 'docker.io', 'bazel/v1/tarball', 'x', 'bazel/v1/tarball'],
    ['localhost/app', 'localhost', 'app', undefined, 'localhost/app'],
    ['localhost:5000/app:1', 'localhost:5000', 'app', '1', 'localhost:5000/app'],
    ['127.0.0.1:5000/a/b', '127.0.0.1:5000', 'a/b', undefined, '127.0.0.1:5000/a/b'],
    ['[fc00::1]:5000/app:v', '[fc00::1]:5000', 'app', 'v', '[fc00::1]:5000/app'],
    ['[fc00::1]/app', '[fc00::1]', 'app', undefined, '[fc00::1]/app'],
    ['ghcr.io/me/app:v1', 'ghcr.io', 'me/app', 'v1', 'ghcr.io/me/app'],
    ['Registry/app', 'Registry', 'app', undefined, 'Registry/app'],
    ['test_com/app', 'docker.io', 'test_com/app', undefined, 'test_com/app'],
    ['192.168.0.1:80', 'docker.io', 'library/192.168.0.1', '80', '192.168.0.1'],
    ['a__b/c---d.e', 'docker.io', 'a__b/c---d.e', undefined, 'a__b/c---d.e'],
    ['xn--n3h.com/app', 'xn--n3h.com', 'app', undefined, 'xn--n3h.com/app'],
    [hex('a').slice(1), 'docker.io', `library/${hex('a').slice(1)}`, undefined, hex('a').slice(1)],
  ])('%s', (text, domain, path, tag, familiar) => {
    const reference = parseReference(text);
    expect(reference).toEqual({ domain, path, tag, digest: undefined });
    expect(familiarName(reference)).toBe(familiar);
    expect(parseReference(formatReference(reference))).toEqual(reference);
  });

  test('digests, with or without a tag', () => {
    const both = parseReference(`busybox:1@${sum('a')}`);
    expect(both).toEqual({ domain: 'docker.io', path: 'library/busybox', tag: '1', digest: sum('a') });
    expect(familiarReference(both)).toBe(`busybox:1@${sum('a')}`);
    expect(formatReference(both)).toBe(`docker.io/library/busybox:1@${sum('a')}`);
    expect(parseReference(`busybox@${sum('a')}`).tag).toBeUndefined();
  });

  test.each([
    '',
    ' ',
    ':',
    '@',
    '/',
    ':tag',
    'alpine:',
    'alpine@',
    'Alpine',
    'me/App',
    'docker.io/me/App',
    'alpine:-x',
    'alpine:.x',
    `alpine:${'a'.repeat(129)}`,
    'alpine@sha256:abc',
    `alpine@${sum('A')}`,
    '-alpine',
    '-me/app',
    'me-/app',
    'me//app',
    'me/',
    'docker.io/',
    'a..b',
    'a_.b',
    'a___b',
    '../../etc/passwd',
    './a',
    '/etc/passwd',
    'https://ghcr.io/me/app',
    '[fc00::1]',
    '[fe80::1%eth0]:5000/a',
    'fc00::1:5000/a',
    'a.b:port/c',
    '-a.b/c',
    'a-.b/c',
    'a..b/c',
    'alpine\n',
    'alpine:1\n',
    'al\u001b[31mpine',
    'al\u0000pine',
    'alpïne',
    'ａlpine',
    hex('a'),
    `docker.io/${hex('a')}`,
    `${hex('a')}:latest`,
    'sha256',
    'sha256:latest',
    'library/sha256:abc',
    'a/'.repeat(200),
    `${'a'.repeat(256)}`,
    `${'a'.repeat(300)}.com/x`,
    'a'.repeat(1_000_000),
    `${'a-'.repeat(400)}/`,
  ])('refuses %.60j', (text) => {
    expect(tryParseReference(text)).toBeUndefined();
    let thrown: unknown;
    try {
      parseReference(text);
    } catch (error) {
      thrown = error;
    }
    if (!isLayersError(thrown)) throw new Error('not refused');
    expect(thrown.code).toBe('ERR_LAYERS_REFERENCE');
    expect(thrown.message).not.toMatch(/[\u0000-\u001f]/);
    expect(thrown.hint).toBeDefined();
  });

  test('any text is refused, or formatted and parsed to the same image', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'aA0.-_/:@[]') }),
      fc.stringMatching(/^[a-z0-9.:]{0,9}\/?[a-z0-9._/-]{1,12}(:[\w.-]{1,5})?$/),
    );
    fc.assert(
      fc.property(text, (given) => {
        const reference = tryParseReference(given);
        if (reference === undefined) return;
        expect(parseReference(formatReference(reference))).toEqual(reference);
        expect(parseReference(familiarReference(reference))).toEqual(reference);
        expect(referenceMatches(given, formatReference(reference))).toBe(true);
      }),
      { numRuns: runs(500, 5_000) },
    );
  });
});

test('adds the default tag to a reference without tag and digest', () => {
  expect(withDefaultTag(parseReference('a')).tag).toBe('latest');
  expect(withDefaultTag(parseReference('a:b')).tag).toBe('b');
  expect(withDefaultTag(parseReference(`a@${sum('a')}`)).tag).toBeUndefined();
});

test('familiarTag does not change an invalid reference', () => {
  expect(familiarTag('docker.io/library/alpine:3.20')).toBe('alpine:3.20');
  expect(familiarTag('localhost/app:1')).toBe('localhost/app:1');
  expect(familiarTag('NOT a reference')).toBe('NOT a reference');
});

describe('referenceMatches', () => {
  test.each([
    ['alpine', 'alpine:latest'],
    ['alpine:latest', 'alpine:latest'],
    ['docker.io/library/alpine:latest', 'alpine:latest'],
    ['index.docker.io/alpine', 'alpine:latest'],
    ['alpine', 'docker.io/library/alpine:latest'],
    ['me/app:1', 'docker.io/me/app:1'],
    ['ghcr.io/a/b', 'ghcr.io/a/b:latest'],
    ['3.14', '3.14'],
    ['ODD name', 'ODD name'],
    [`a@${sum('a')}`, `a@${sum('a')}`],
  ])('%s names %s', (query, tag) => {
    expect(referenceMatches(query, tag)).toBe(true);
  });

  test.each([
    ['alpine', 'alpine:3.20'],
    ['alpine:3', 'alpine:3.20'],
    ['alpine', 'me/alpine:latest'],
    ['alpine', 'ghcr.io/library/alpine:latest'],
    ['', ''.padEnd(1)],
    ['odd name', 'ODD name'],
    ['alpine', 'ODD name'],
    [`alpine@${sum('a')}`, 'alpine:latest'],
    ['al', 'alpine:latest'],
  ])('%s does not name %s', (query, tag) => {
    expect(referenceMatches(query, tag)).toBe(false);
  });
});
