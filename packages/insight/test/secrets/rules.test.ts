import { githubToken, made } from '@layers/testing/made-secrets';
import { NEGATIVE, POSITIVE } from '@layers/testing/secret-samples';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_RULES } from '../../src/secrets/built-in-rules.ts';
import { scanned } from './scanned.ts';

describe('the built-in rules', () => {
  it.each(POSITIVE.map((sample, i) => [`${i} ${sample.rule}`, sample] as const))(
    'find: %s',
    (_, { rule, path, text, severity = 'error' }) => {
      const found = scanned(text, { path });
      expect(found.map((secret) => [secret.rule, secret.severity])).toEqual([[rule, severity]]);
      expect(text).toContain(found[0]?.secret);
    },
  );

  it.each(NEGATIVE.map((sample) => [sample.why, sample] as const))('ignore %s', (_, { path, text }) => {
    expect(scanned(text, { path })).toEqual([]);
  });

  it('have a sample each', () => {
    const ofFiles = BUILT_IN_RULES.filter(({ within }) => within !== 'config').map(({ id }) => id);
    expect(ofFiles.filter((id) => !POSITIVE.some(({ rule }) => rule === id))).toEqual([]);
  });

  it('have ids of their own', () => {
    expect(new Set(BUILT_IN_RULES.map(({ id }) => id)).size).toBe(BUILT_IN_RULES.length);
  });

  it.each(POSITIVE.map((sample, i) => [`${i} ${sample.rule}`, sample] as const))(
    'find in UTF-16, of both byte orders: %s',
    (_, { rule, path, text }) => {
      if (path !== undefined || text.includes('…')) return;
      const little = Buffer.from(text, 'utf16le');
      for (const content of [little, Buffer.from(little).swap16()]) {
        expect(scanned(content).map((secret) => secret.rule)).toEqual([rule]);
      }
    },
  );

  it.each(POSITIVE.map((sample, i) => [`${i} ${sample.rule}`, sample] as const))(
    'find after an escape, in quotes and at the end of a file: %s',
    (_, { rule, path, text }) => {
      if (path !== undefined) return;
      for (const content of [`"a\\n${text.trimEnd()}`, `a ${text.trimEnd()}`, `x\0${text}`, `\n${text}\n\n`])
        expect(scanned(content).map((secret) => secret.rule)).toEqual([rule]);
    },
  );
});

describe('the rules for the config', () => {
  it.each([
    ['password-variable', 'DB_PASSWORD=horse-battery7', 'warning'],
    ['password-variable', `SECRET_KEY_BASE=${made(64)}`, 'warning'],
    ['password-variable', 'export MYSQL_ROOT_PASSWORD="horse battery 7" && run', 'warning'],
    ['url-password-in-config', 'DATABASE_URL=postgres://me:horse7@db/x', 'error'],
    ['npmrc-credential', "RUN echo '//npm.example/:_authToken=horse-battery7' > .npmrc", 'error'],
    ['authorization-header', 'curl -H "Authorization: Bearer horsebattery77" x', 'error'],
    ['github-token', `git clone https://x:${githubToken()}@github.com/a/b`, 'error'],
  ])('find %s in %s', (rule, text, severity) => {
    expect(scanned(text, { within: 'config' }).map((found) => [found.rule, found.severity])).toEqual([
      [rule, severity],
    ]);
  });

  it.each([
    'GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568',
    'PYTHON_SHA256=ae665bc678abd9ab6a6e1573d2481625a53719bc517e9a634ed2b9fefae3817f',
    'NODE_VERSION=22.1.0',
    'POSTGRES_PASSWORD=',
    'POSTGRES_PASSWORD=changeme',
    'POSTGRES_PASSWORD_FILE=/run/secrets/password-1',
    'TOKEN_URL=https://login.example/token1',
    'SECRET=$' + '{SECRET_FROM_ELSEWHERE}',
    'DATABASE_URL=postgres://db/x',
    'DATABASE_URL=postgres://me:$PASSWORD@db/x',
    'PASSWORD_MIN_LENGTH=123456789',
    'ENABLE_TOKEN=true',
  ])('ignore %s', (text) => {
    expect(scanned(text, { within: 'config' })).toEqual([]);
  });
});
