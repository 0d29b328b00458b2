import { randomBytes } from 'node:crypto';
import type { Scope } from './scopes.ts';

interface IssuedToken {
  readonly scopes: readonly Scope[];
  readonly expiresAt: number;
  requestsLeft: number;
}

/** The access tokens that a token server has issued. */
export class IssuedTokens {
  readonly #tokens = new Map<string, IssuedToken>();
  readonly #requestsPerToken: number;

  constructor(requestsPerToken = Number.POSITIVE_INFINITY) {
    this.#requestsPerToken = requestsPerToken;
  }

  /** Returns a new token, which expires after some seconds. */
  issue(scopes: readonly Scope[], seconds: number): string {
    const token = randomBytes(24).toString('base64url');
    this.#tokens.set(token, {
      scopes,
      expiresAt: Date.now() + seconds * 1000,
      requestsLeft: this.#requestsPerToken,
    });
    return token;
  }

  /** Counts a request with a token, and returns the scopes of the token; null if it is unknown or has expired. */
  use(token: string): readonly Scope[] | null {
    const issued = this.#tokens.get(token);
    if (issued === undefined || issued.requestsLeft <= 0 || Date.now() >= issued.expiresAt) return null;
    issued.requestsLeft--;
    return issued.scopes;
  }

  expire(token: string): void {
    this.#tokens.delete(token);
  }

  expireAll(): void {
    this.#tokens.clear();
  }
}
