import type { Credentials } from '../credentials/credentials.js';
import { bytesBody, type HttpRequest } from '../http/http-message.js';
import { fieldOf } from '../registry-error.js';
import type { Scope } from './scope.js';

/** An access token of a token server. */
export interface AccessToken {
  readonly token: string;
  readonly lifetimeMs: number;
}

/** The lifetime of a token that states none (docker's token specification). */
const DEFAULT_LIFETIME_S = 60;
const CLIENT_ID = 'layers';

/**
 * Returns the request for an access token: GET with Basic for a password, POST with a refresh token for an identity token
 * (docker's token and OAuth specifications).
 */
export function tokenRequest(
  realm: URL,
  service: string | undefined,
  scopes: readonly Scope[],
  credentials: Credentials | null,
): HttpRequest {
  if (credentials?.kind === 'identity-token') {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: CLIENT_ID,
      refresh_token: credentials.token,
    });
    if (service !== undefined) form.set('service', service);
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm, headers, body: bytesBody(Buffer.from(form.toString())) };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (credentials?.kind === 'password') headers['authorization'] = basicAuthorization(credentials);
  return { method: 'GET', url, headers };
}

/** Returns the header for a user name and a password (RFC 7617). */
export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** A header value must not end the header. */
const TOKEN = /^[\x21-\x7e]+$/;

/** Parses the response of a token server: `token`, or `access_token` of OAuth. Returns null for anything else. */
export function parseToken(text: string): AccessToken | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const token = [fieldOf(document, 'token'), fieldOf(document, 'access_token')].find(
    (value) => typeof value === 'string' && TOKEN.test(value),
  );
  if (typeof token !== 'string') return null;
  const stated = fieldOf(document, 'expires_in');
  const seconds = typeof stated === 'number' && stated > 0 ? stated : DEFAULT_LIFETIME_S;
  return { token, lifetimeMs: seconds * 1000 };
}
