import { expect, test, vi } from 'vitest';
import { isTrustedRealm, mayReceiveCredentials } from '../../src/auth/trusted-realm.ts';

const suffixesLoaded = vi.hoisted(() => vi.fn());

vi.mock('tldts', (importOriginal) => {
  suffixesLoaded();
  return importOriginal();
});

const trusted = (realm: string, registry: string) => isTrustedRealm(new URL(realm), new URL(registry));

test('the list of public suffixes is loaded only for a token server of another name', async () => {
  await trusted('https://ghcr.io/token', 'https://ghcr.io');
  await trusted('http://127.0.0.1:5001/token', 'http://localhost:5000');
  await trusted('http://auth.docker.io/token', 'https://registry-1.docker.io');
  expect(suffixesLoaded).not.toHaveBeenCalled();
  await trusted('https://auth.docker.io/token', 'https://registry-1.docker.io');
  expect(suffixesLoaded).toHaveBeenCalledOnce();
});

test.each([
  ['https://auth.docker.io/token', 'https://registry-1.docker.io'],
  ['https://ghcr.io/token', 'https://ghcr.io'],
  ['https://gitlab.com/jwt/auth', 'https://registry.gitlab.com'],
  ['https://auth.example.co.uk:8443/t', 'https://registry.example.co.uk'],
  ['https://192.0.2.7/token', 'https://192.0.2.7:5000'],
  ['http://127.0.0.1:5001/token', 'http://localhost:5000'],
  ['http://[::1]:5001/token', 'https://localhost:5000'],
])('%s is a token server of %s', async (realm, registry) => {
  expect(await trusted(realm, registry)).toBe(true);
});

test.each([
  ['https://auth.example.org/token', 'https://registry.example.com', 'another domain'],
  ['https://evil.co.uk/token', 'https://registry.co.uk', 'only a public suffix in common'],
  ['https://evil.github.io/token', 'https://registry.github.io', 'another customer of a hosting provider'],
  ['http://auth.docker.io/token', 'https://registry-1.docker.io', 'no TLS'],
  [
    'http://registry.example.com/token',
    'http://registry.example.com',
    'no TLS, though the registry has none either',
  ],
  ['https://192.0.2.8/token', 'https://192.0.2.7', 'another address'],
  ['https://[2001:db8::1]/token', 'https://registry.example.com', 'an address for a name'],
  ['http://127.0.0.1/token', 'https://registry.example.com', 'this machine for another one'],
  ['https://docker.io.evil.com/token', 'https://registry-1.docker.io', 'the name is only a prefix'],
])('%s gets no credentials for %s: %s', async (realm, registry) => {
  expect(await trusted(realm, registry)).toBe(false);
});

test('a registry gets credentials with TLS, or on this machine', () => {
  expect(mayReceiveCredentials(new URL('https://registry.example.com'))).toBe(true);
  expect(mayReceiveCredentials(new URL('http://localhost:5000'))).toBe(true);
  expect(mayReceiveCredentials(new URL('http://registry.example.com'))).toBe(false);
});
