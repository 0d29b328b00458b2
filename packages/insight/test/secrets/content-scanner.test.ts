import { githubToken, made, pem } from '@layers/testing/made-secrets';
import { describe, expect, it } from 'vitest';
import type { SecretRule } from '../../src/secrets/rule.ts';
import { ContentScanner } from '../../src/secrets/scan/content-scanner.ts';
import { RuleGuard } from '../../src/secrets/scan/rule-guard.ts';
import { BUILT_IN, compiledOf, scanned } from './scanned.ts';

const foreign = (pattern: RegExp, more: Partial<SecretRule> = {}): SecretRule => ({
  id: 'own',
  description: 'own',
  severity: 'error',
  keywords: [],
  pattern,
  isForeign: true,
  isRandom: false,
  ...more,
});

describe('a secret', () => {
  it('has its line and offset in a text file', () => {
    const token = githubToken();
    const [found] = scanned(`a\nb\r\n  token: ${token}\n`);
    expect(found).toMatchObject({
      line: 3,
      offset: 14,
      end: 54,
      secret: token,
      prefix: 'ghp_',
      isWhole: true,
    });
  });

  it('has no line in a binary file', () => {
    expect(scanned(`a\n\0\n${githubToken()}`)[0]?.line).toBeNull();
  });

  it('is reported once by the first rule that finds it', () => {
    const text = JSON.stringify({ private_key: pem('PRIVATE KEY') });
    expect(scanned(text).map(({ rule }) => rule)).toEqual(['gcp-service-account-key']);
  });

  it('is found in a file of one line of a megabyte', () => {
    const token = githubToken();
    const found = scanned(`${'x '.repeat(500_000)}${token}${' x'.repeat(500_000)}`, {
      cuts: [65_536, 900_001],
    });
    expect(found).toMatchObject([{ secret: token, offset: 1_000_000, line: 1 }]);
  });

  it('has the characters of UTF-8', () => {
    const found = scanned('machine a login b password pässwörd\n', { path: '/root/.netrc' });
    expect(found).toMatchObject([{ secret: 'pässwörd', end: 37 }]);
  });
});

describe('a file full of secrets', () => {
  it('lists some, and counts the others', () => {
    const scanner = new ContentScanner(BUILT_IN, new RuleGuard(), 'files');
    const content = Buffer.from(Array.from({ length: 700 }, (_, i) => githubToken(i + 1)).join('\n'));
    scanner.start('/a', content.length);
    scanner.write(content);
    const { secrets, more } = scanner.end();
    expect([secrets.length, more]).toEqual([500, 200]);
  });
});

describe('a hole of a sparse file', () => {
  it('ends what is before it, and does not shift what is after it', () => {
    const scanner = new ContentScanner(BUILT_IN, new RuleGuard(), 'files');
    const token = githubToken();
    scanner.start('/a', 1_000_100);
    scanner.write(Buffer.from(token.slice(0, 20)));
    scanner.skip(1_000_000);
    scanner.write(Buffer.from(token.slice(20) + token + ' '.repeat(20)));
    expect(scanner.end().secrets).toMatchObject([{ offset: 1_000_040, line: null }]);
  });
});

describe('a rule without keywords', () => {
  it.each([[[]], [[1]], [[400, 800, 1201]], [[1000, 1100, 1200, 3000]]])(
    'reads all of a file, in pieces that end at %j',
    (cuts) => {
      const rules = compiledOf(foreign(/needle-[a-z]{3}/));
      const content = Array.from(
        { length: 40 },
        (_, i) => `${'.'.repeat(97)}needle-ab${String.fromCharCode(97 + (i % 26))}`,
      );
      expect(scanned(content.join(''), { rules, cuts }).map(({ offset }) => offset)).toEqual(
        content.map((_, i) => i * 107 + 97),
      );
    },
  );

  it('reads only files whose path matches', () => {
    const rules = compiledOf(foreign(/needle/, { path: /\.txt$/ }));
    expect(scanned('needle', { rules, path: '/a.txt' })).toHaveLength(1);
    expect(scanned('needle', { rules, path: '/a.bin' })).toEqual([]);
  });

  it('and without a pattern reports each file whose path matches', () => {
    const rules = compiledOf({ ...foreign(/x/, { path: /\.p12$/ }), pattern: null });
    expect(scanned('any', { rules, path: '/a.p12' })).toMatchObject([{ secret: '', offset: 0, end: 3 }]);
    expect(scanned('any', { rules, path: '/a.txt' })).toEqual([]);
  });
});

describe('a rule that looks around its keyword', () => {
  const rules = compiledOf(
    foreign(/[a-z]{4}-key-[0-9]{4}/, { keywords: ['KEY'], ignoresCase: true, before: 20, reach: 20 }),
  );

  it('finds matches that begin before it', () => {
    expect(scanned('xx abcd-key-1234', { rules })).toMatchObject([{ secret: 'abcd-key-1234' }]);
  });

  it('finds every match of contents full of keywords, wherever they are cut', () => {
    const content = Array.from({ length: 200 }, (_, i) => `${made(4, 'abcdef', i)}-key-${1000 + i}`).join(
      ' key ',
    );
    const all = scanned(content, { rules });
    expect(all).toHaveLength(200);
    expect(scanned(content, { rules, cuts: [50, 51, 700, 1300, 2222] })).toEqual(all);
  });
});

describe('a pattern that takes forever', () => {
  it('is stopped, and the other rules go on', () => {
    const slow = foreign(/(?:a|a)+(?:a|aa)+$/, { id: 'slow', keywords: ['a'], before: 20, reach: 400 });
    const good = foreign(/needle/, { id: 'good', keywords: ['needle'], before: 20 });
    const rules = compiledOf(slow, good);
    const guard = new RuleGuard(200);
    const found = scanned(`${'a'.repeat(300)}! needle`, { rules, guard });
    expect(found.map(({ rule }) => rule)).toEqual(['good']);
    expect([...guard.stopped]).toEqual([0]);
    expect(scanned(`${'a'.repeat(300)}! needle`, { rules, guard }).map(({ rule }) => rule)).toEqual(['good']);
  });
});

describe('a path that takes forever', () => {
  it.each([
    ['without keywords', []],
    ['with a keyword', ['needle']],
  ])('to be compared stops the rule, %s', (_, keywords) => {
    const rules = compiledOf(foreign(/needle/, { path: /(?:a|a)+(?:a|aa)+$/, keywords, before: 9 }));
    const guard = new RuleGuard(200);
    expect(scanned('needle', { rules, guard, path: `/${'a'.repeat(300)}!` })).toEqual([]);
    expect([...guard.stopped]).toEqual([0]);
  });
});

describe('hostile contents', () => {
  // Were a built-in pattern quadratic in its window, or a window scanned for each keyword, this would take minutes.
  it.each([
    ['keywords', 'ghp_glpat-sk_live_eyJ-----BEGIN ://'],
    ['starts of private keys', '-----BEGIN RSA PRIVATE KEY-----\n'],
    ['headers of private keys', '-----BEGIN RSA PRIVATE KEY-----\naaa: aaa: aaa: aaa: aaa: aaa: aaa: aaa: '],
    ['starts of JSON Web Tokens', 'eyJaaaaaaaaaaaaa.'],
    ['assignments', 'password=password=secret:token'],
    ['starts of PuTTY keys', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n'],
    ['fields of pgpass', '\\:a:'],
  ])('full of %s are scanned', (_, text) => {
    const content = text.repeat(Math.ceil(100_000 / text.length));
    for (const path of ['/root/.pgpass', '/app/.env', '/root/.npmrc', '/root/.kube/config'])
      scanned(content, { path });
    expect(scanned(`${content}\n ${githubToken()}`).at(-1)?.rule).toBe('github-token');
  });
});
