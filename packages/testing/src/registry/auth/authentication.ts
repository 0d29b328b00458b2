import type { Route } from '../api/routes.ts';
import { type Answer, errorAnswer } from '../http/answers.ts';
import type { Call } from '../http/http-server.ts';
import type { IssuedTokens } from './issued-tokens.ts';
import { covers, neededScopes, printScope, type Scope } from './scopes.ts';

/** The passwords of users. */
export type Users = Readonly<Record<string, string>>;

/** How the registry recognises users. */
export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly users: Users }
  | ({ readonly kind: 'bearer' } & BearerOptions);

export interface BearerOptions {
  readonly users: Users;
  /** The users of refresh tokens. */
  readonly refreshTokens?: Readonly<Record<string, string>>;
  /** Returns the actions that a user may do of those in a scope; by default all, and `pull` without a user. */
  readonly rights?: (user: string | null, scope: Scope) => readonly string[];
  /** The field of answers that has the token; `token` by default. */
  readonly tokenField?: 'token' | 'access_token' | 'both';
  /** The seconds in `expires_in`, after which tokens expire; null leaves it out. 300 by default. */
  readonly expiresIn?: number | null;
  /** The requests after which a token expires; no limit by default. */
  readonly requestsPerToken?: number;
  /** The realm of challenges, where it is not the token server of the registry. */
  readonly realm?: string;
  /** The service of challenges; `registry.test` by default. */
  readonly service?: string;
}

/** Decides whether a request may be carried out. Returns null if it may, and else the answer that refuses it. */
export type Gate = (call: Call, route: Route) => Answer | null;

export const openGate: Gate = () => null;

/** Returns the gate of Basic authentication (RFC 7617). */
export function basicGate(users: Users): Gate {
  return (call) => {
    if (userOf(call.headers['authorization'], users) !== null) return null;
    return errorAnswer('UNAUTHORIZED', {
      headers: { 'WWW-Authenticate': 'Basic realm="registry, of tests"' },
    });
  };
}

/** Returns the gate of tokens, with challenges as docker's registries send them. */
export function bearerGate(tokens: IssuedTokens, realm: string, service: string): Gate {
  return (call, route) => {
    const needed = neededScopes(call, route);
    const given = /^Bearer (.+)$/i.exec(call.headers['authorization'] ?? '')?.[1];
    if (given !== undefined && call.fault?.kind === 'expired-token') tokens.expire(given);
    const granted = given === undefined ? null : tokens.use(given);
    if (granted !== null && covers(granted, needed)) return null;
    const problem = granted === null ? 'invalid_token' : 'insufficient_scope';
    const parts = {
      realm,
      service,
      ...(needed.length === 0 ? {} : { scope: needed.map(printScope).join(' ') }),
      ...(given === undefined ? {} : { error: problem }),
    };
    const challenge = Object.entries(parts).map(([name, value]) => `${name}="${value}"`);
    return errorAnswer('UNAUTHORIZED', { headers: { 'WWW-Authenticate': `Bearer ${challenge.join(',')}` } });
  };
}

/** Returns the user of a Basic credential; null if there is none, or its password is wrong. */
export function userOf(header: string | undefined, users: Users): string | null {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return user !== undefined && users[user] === password ? user : null;
}
