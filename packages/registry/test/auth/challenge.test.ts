import { expect, test } from 'vitest';
import { parseChallenges } from '../../src/auth/challenge.ts';

function parsed(...values: string[]) {
  return parseChallenges(values).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

test('a challenge of a token server has its realm, service and scope', () => {
  expect(
    parsed(
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    ),
  ).toEqual([
    [
      'bearer',
      {
        realm: 'https://auth.docker.io/token',
        service: 'registry.docker.io',
        scope: 'repository:a/b:pull,push',
      },
    ],
  ]);
});

test('commas, quotes and equal signs in quoted text belong to the text', () => {
  expect(parsed(String.raw`Basic realm="a, b=\"c\" \\ d"`)).toEqual([
    ['basic', { realm: String.raw`a, b="c" \ d` }],
  ]);
});

test('one header can have several challenges, and a response several headers', () => {
  expect(parsed('Basic realm="x", Bearer realm="y", service=z', 'Negotiate')).toEqual([
    ['basic', { realm: 'x' }],
    ['bearer', { realm: 'y', service: 'z' }],
    ['negotiate', {}],
  ]);
});

test('names are compared without case, and values may lack quotes', () => {
  expect(parsed('BEARER Realm=https://auth.example.com/token , SERVICE = s')).toEqual([
    ['bearer', { realm: 'https://auth.example.com/token', service: 's' }],
  ]);
});

test('the first of equal parameters counts', () => {
  expect(parsed('Bearer realm="a",realm="b"')).toEqual([['bearer', { realm: 'a' }]]);
});

test('what is not a challenge is skipped, and a huge header is not read', () => {
  expect(parsed('')).toEqual([]);
  expect(parsed('"quoted"')).toEqual([]);
  expect(parsed('Bearer realm="unterminated')).toEqual([
    ['bearer', {}],
    ['realm', {}],
  ]);
  expect(parsed(`Bearer realm="${'a'.repeat(20_000)}"`)).toEqual([]);
});
