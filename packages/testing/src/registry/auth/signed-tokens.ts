import { createHash, createPublicKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { Scope } from './scopes.ts';

/** The issuer in signed tokens. */
export const TOKEN_ISSUER = 'tokens of tests';

/** Returns a token as docker's registry expects it: a JWT with the granted access, signed with ES256. */
export function signedToken(
  key: KeyObject,
  service: string,
  scopes: readonly Scope[],
  seconds: number,
): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'ES256', kid: keyId(key) };
  const claims = {
    iss: TOKEN_ISSUER,
    sub: '',
    aud: service,
    exp: now + seconds,
    nbf: now - 10,
    iat: now,
    jti: randomUUID(),
    access: scopes,
  };
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** Returns the name of a key as libtrust makes it: 240 bits of its digest in base32, in groups of four. */
function keyId(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const digest = createHash('sha256').update(der).digest().subarray(0, 30);
  return (base32(digest).match(/.{4}/g) ?? []).join(':');
}

/** Encodes a whole number of groups of five bytes (RFC 4648 section 6). */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{5}/g) ?? [];
  return digits.map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(digit, 2))).join('');
}
