import { expect, test } from 'vitest';
import { parseToken, tokenRequest } from '../../src/auth/token.ts';

const realm = new URL('https://auth.example.com/token?account=a');

function textOf(body: { open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array> } | undefined): string {
  const opened = body?.open() ?? [];
  return Symbol.iterator in opened ? Buffer.concat([...opened]).toString() : '';
}

test('a password is sent with GET as Basic, and every scope is a parameter of its own', () => {
  const request = tokenRequest(realm, 'registry', ['repository:a:pull', 'repository:b:pull,push'], {
    kind: 'password',
    username: 'me',
    password: 'a:b',
  });
  expect(request.method).toBe('GET');
  expect(request.url.search).toBe(
    '?account=a&service=registry&scope=repository%3Aa%3Apull&scope=repository%3Ab%3Apull%2Cpush',
  );
  expect(request.headers['authorization']).toBe(`Basic ${Buffer.from('me:a:b').toString('base64')}`);
});

test('without credentials, no header identifies the user', () => {
  const request = tokenRequest(realm, undefined, [], null);
  expect(request.url.href).toBe(realm.href);
  expect(request.headers).not.toHaveProperty('authorization');
});

test('an identity token is sent with POST as a refresh token, and never in the address', () => {
  const request = tokenRequest(realm, 'registry', ['repository:a:pull', 'repository:b:pull'], {
    kind: 'identity-token',
    token: 'secret',
  });
  expect(request.method).toBe('POST');
  expect(request.url.href).toBe(realm.href);
  expect(Object.fromEntries(new URLSearchParams(textOf(request.body)))).toEqual({
    grant_type: 'refresh_token',
    client_id: 'layers',
    refresh_token: 'secret',
    service: 'registry',
    scope: 'repository:a:pull repository:b:pull',
  });
});

test('a response has a token or an access token, and a lifetime of 60 seconds where it states none', () => {
  expect(parseToken('{"token":"t","expires_in":300}')).toEqual({ token: 't', lifetimeMs: 300_000 });
  expect(parseToken('{"access_token":"t"}')).toEqual({ token: 't', lifetimeMs: 60_000 });
  expect(parseToken('{"token":"","access_token":"t","expires_in":-1}')).toEqual({
    token: 't',
    lifetimeMs: 60_000,
  });
});

test.each(['', 'no JSON', '[]', 'null', '{}', '{"token":1}', String.raw`{"token":"a\r\nX-Evil: 1"}`])(
  'a response without a usable token is refused: %s',
  (text) => {
    expect(parseToken(text)).toBeNull();
  },
);
