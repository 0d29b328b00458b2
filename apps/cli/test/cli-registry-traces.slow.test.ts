import { mkdirSync, writeFileSync } from 'node:fs';
import { command, environment } from '@layers/testing/command';
import type { Authentication, FaultPlan, TestRegistry } from '@layers/testing/registry';
import { demo, useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';
import { useRegistries } from './support/registries.ts';
import { spawned } from './support/spawned.ts';

const store = useTestStore();
const start = useRegistries();

const PASSWORD = 'pass-word-of-tests';
const REFRESH = 'refresh-token-of-tests';
const users = { ada: PASSWORD };

/** Texts that no output may contain. */
const basic = Buffer.from(`ada:${PASSWORD}`).toString('base64');
const SECRETS = [
  PASSWORD,
  REFRESH,
  basic,
  Buffer.from(PASSWORD).toString('base64'),
  encodeURIComponent(basic),
];

const MODES: readonly (readonly [string, Authentication, object])[] = [
  ['a password', { kind: 'basic', users }, { auth: basic }],
  ['a password for tokens', { kind: 'bearer', users }, { auth: basic }],
  [
    'a refresh token',
    { kind: 'bearer', users, refreshTokens: { [REFRESH]: 'ada' } },
    { identitytoken: REFRESH },
  ],
];

/** Faults at different places of a conversation. */
const FAULTS: readonly (readonly [string, FaultPlan | null])[] = [
  ['nothing', null],
  [
    'a refusal',
    ({ headers }) => (headers['authorization'] === undefined ? null : { kind: 'status', status: 403 }),
  ],
  ['an echo', ({ headers }) => echo(headers['authorization'])],
  ['no HTTP', ({ headers }) => (headers['authorization'] === undefined ? null : { kind: 'garbage' })],
  [
    'a redirect',
    ({ headers }) =>
      headers['authorization'] === undefined ? null : { kind: 'redirect', location: 'gopher://x' },
  ],
];

/** A server that repeats what it got in its error. */
function echo(value: string | undefined): ReturnType<FaultPlan> {
  if (value === undefined) return null;
  const body = JSON.stringify({ errors: [{ code: 'DENIED', message: `denied: ${value}` }] });
  return { kind: 'status', status: 403, headers: { 'Content-Type': 'application/json' }, body };
}

function commandsOf({ domain }: TestRegistry): readonly (readonly string[])[] {
  const name = `docker://${domain}/app:1`;
  return [
    ['copy', demo, name],
    ['pull', `${domain}/app:1`],
  ];
}

describe.each(MODES)('with %s', (_, authentication, auth) => {
  it.each(FAULTS)('no output has a secret, however verbose: %s', async (_fault, faults) => {
    const registry = await start({ authentication });
    registry.faults = faults;
    mkdirSync(store.at('docker'), { recursive: true });
    writeFileSync(store.at('docker/config.json'), JSON.stringify({ auths: { [registry.domain]: auth } }));
    const env = environment({
      LAYERS_STORE: store.path(),
      DOCKER_CONFIG: store.at('docker'),
      DEBUG: '*',
      // Node's own traces of http and streams have headers.
      NODE_DEBUG: 'net,tls,timer',
    });
    for (const args of commandsOf(registry)) {
      const { output, status } = await spawned(command, [...args, '-v'], env);
      expect(status === 0).toBe(faults === null);
      const found = [...SECRETS, ...tokensOf(registry)].filter((secret) => output.includes(secret));
      expect({ args, found }).toEqual({ args, found: [] });
    }
    expect(registry.log.credentials().length).toBeGreaterThan(0);
  });
});

/** Returns the tokens that the client got. */
function tokensOf({ log }: TestRegistry): readonly string[] {
  return log.credentials().map(({ value }) => value.replace(/^(?:Basic|Bearer) /, ''));
}
