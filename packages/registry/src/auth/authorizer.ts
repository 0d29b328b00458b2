import type { CredentialSource, Credentials } from '../credentials/credentials.js';
import type { HttpRequest, HttpResponse } from '../http/http-message.js';
import { isRedirect, MAX_REDIRECTS, parseUrl, printableUrl, redirectTarget } from '../http/redirect.js';
import { deniedError, problemText, type RequestPlace, readProblems } from '../registry-error.js';
import { type Challenge, parseChallenges } from './challenge.js';
import { type Scope, scopeKey } from './scope.js';
import { type AccessToken, basicAuthorization, parseToken, tokenRequest } from './token.js';
import { isTrustedRealm, mayReceiveCredentials } from './trusted-realm.js';

export interface AuthorizerOptions {
  /** The domain whose credentials are used. */
  readonly domain: string;
  readonly credentials: CredentialSource;
  /** Sends a request to a token server. Repeats it where that helps. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** Token servers of other domains that may receive credentials, as `host` or `host:port`. */
  readonly trustedRealms?: readonly string[] | undefined;
}

interface CachedToken {
  readonly authorization: string;
  readonly expiresMs: number;
}

/** A token that is being fetched, or was. */
interface PendingToken {
  readonly fetched: Promise<CachedToken>;
  /** Null until it has arrived. */
  token: CachedToken | null;
}

/** A request that was refused. */
interface RefusedRequest {
  readonly authorization: string | undefined;
  readonly scopes: readonly Scope[];
  /** Counted from 1. */
  readonly attempt: number;
}

const MAX_RENEWALS = 4;
const MAX_TOKEN_BYTES = 1024 * 1024;
/** A token is replaced before it expires: a request takes time to arrive. */
const EXPIRY_MARGIN = 0.1;

/**
 * Adds `Authorization` to the requests for one server. Tries without credentials first, and answers the challenge of the
 * server. Tokens are kept for each set of scopes, and renewed when they expire or the server refuses them.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  #challenge: Challenge | null = null;
  #challengedBy: URL | null = null;
  readonly #tokens = new Map<string, PendingToken>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  /** Returns the header for a request; undefined for none. Throws ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS. */
  async authorization(
    path: string,
    scopes: readonly Scope[],
    place: RequestPlace,
  ): Promise<string | undefined> {
    const [challenge, registry] = [this.#challenge, this.#challengedBy];
    if (challenge === null || registry === null) return undefined;
    if (challenge.scheme === 'basic') return this.#basic(path, registry, place);
    return this.#bearer(challenge, registry, path, scopes, place);
  }

  /** Learns from a response with status 401. Returns whether another attempt can help. */
  refused(response: HttpResponse, { authorization, scopes, attempt }: RefusedRequest): boolean {
    const challenges = parseChallenges(response.headers('www-authenticate'));
    // A token is safer than a password, where a server takes both.
    const challenge =
      challenges.find(({ scheme }) => scheme === 'bearer') ??
      challenges.find(({ scheme }) => scheme === 'basic');
    if (challenge === undefined) return false;
    this.#challenge = challenge;
    this.#challengedBy = response.url;
    if (challenge.scheme === 'basic') return authorization === undefined;
    const key = scopeKey(wantedScopes(challenge, scopes));
    // Another request may have renewed the token in the meantime.
    if (this.#tokens.get(key)?.token?.authorization === authorization) this.#tokens.delete(key);
    // A token can expire again: other requests use it too.
    return attempt <= (challenge.parameters.get('error') === 'invalid_token' ? MAX_RENEWALS : 1);
  }

  async #basic(path: string, registry: URL, place: RequestPlace): Promise<string> {
    const credentials = await this.#credentialsFor(path, registry, place);
    if (credentials?.kind === 'password') return basicAuthorization(credentials);
    if (credentials?.kind === 'registry-token') return `Bearer ${credentials.token}`;
    throw deniedError(place, 'the registry requires a user name and a password');
  }

  async #bearer(
    challenge: Challenge,
    registry: URL,
    path: string,
    scopes: readonly Scope[],
    place: RequestPlace,
  ): Promise<string> {
    const wanted = wantedScopes(challenge, scopes);
    const key = scopeKey(wanted);
    const known = this.#tokens.get(key);
    const isUsable = known !== undefined && (known.token === null || known.token.expiresMs > Date.now());
    if (isUsable) return (await known.fetched).authorization;
    // Requests at the same time wait for the same token.
    const pending: PendingToken = {
      fetched: this.#fetch(challenge, registry, path, wanted, place),
      token: null,
    };
    this.#tokens.set(key, pending);
    try {
      pending.token = await pending.fetched;
      return pending.token.authorization;
    } catch (error) {
      if (this.#tokens.get(key) === pending) this.#tokens.delete(key);
      throw error;
    }
  }

  async #fetch(
    challenge: Challenge,
    registry: URL,
    path: string,
    scopes: readonly Scope[],
    place: RequestPlace,
  ): Promise<CachedToken> {
    const realm = parseUrl(challenge.parameters.get('realm') ?? '', registry);
    if (realm === null || !/^https?:$/.test(realm.protocol))
      throw deniedError(place, 'the registry names no valid token server');
    const credentials = await this.#credentialsFor(path, registry, place);
    if (credentials?.kind === 'registry-token') {
      return { authorization: `Bearer ${credentials.token}`, expiresMs: Number.POSITIVE_INFINITY };
    }
    if (credentials !== null && !(await this.#isTrusted(realm, registry))) {
      throw deniedError(
        place,
        `the registry names the token server ${printableUrl(realm)}, of another domain or without TLS; no credentials are sent to it`,
      );
    }
    const request = tokenRequest(realm, challenge.parameters.get('service'), scopes, credentials);
    const token = await this.#ask(request, registry, place);
    return {
      authorization: `Bearer ${token.token}`,
      expiresMs: Date.now() + token.lifetimeMs * (1 - EXPIRY_MARGIN),
    };
  }

  async #ask(request: HttpRequest, registry: URL, place: RequestPlace): Promise<AccessToken> {
    const response = await this.#redirected(request, registry, place);
    const realm = response.url;
    if (response.status !== 200) {
      const text = problemText(await readProblems(response));
      const said = text === '' ? `HTTP status ${response.status}` : text;
      throw deniedError(place, `the token server ${realm.host} refuses access: ${said}`);
    }
    const bytes = await response.bytes(MAX_TOKEN_BYTES);
    const token = bytes === null ? null : parseToken(new TextDecoder().decode(bytes));
    if (token === null) throw deniedError(place, `the token server ${realm.host} sends no token`);
    return token;
  }

  /** Follows redirects to token servers that the registry could name itself: they get the credentials. */
  async #redirected(request: HttpRequest, registry: URL, place: RequestPlace): Promise<HttpResponse> {
    let url = request.url;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#options.send({ ...request, url });
      if (!isRedirect(request.method, response.status)) return response;
      response.discard();
      if (redirects === MAX_REDIRECTS) throw deniedError(place, 'the token server redirects without end');
      const target = redirectTarget(response);
      if (!(await this.#isTrusted(target, registry))) {
        throw deniedError(
          place,
          `the token server ${url.host} redirects to ${printableUrl(target)}, of another domain or without TLS; that is not followed`,
        );
      }
      url = target;
    }
  }

  async #isTrusted(realm: URL, registry: URL): Promise<boolean> {
    return this.#isConsented(realm) || isTrustedRealm(realm, registry);
  }

  async #credentialsFor(path: string, registry: URL, place: RequestPlace): Promise<Credentials | null> {
    const credentials = await this.#options.credentials.find(this.#options.domain, path);
    if (credentials === null || mayReceiveCredentials(registry)) return credentials;
    throw deniedError(place, 'the registry is reached without TLS; no credentials are sent to it');
  }

  #isConsented(realm: URL): boolean {
    const trusted = this.#options.trustedRealms ?? [];
    return realm.protocol === 'https:' && (trusted.includes(realm.host) || trusted.includes(realm.hostname));
  }
}

/** Returns the scopes of a request. One without own scopes uses those that the server asks for. */
function wantedScopes({ parameters }: Challenge, scopes: readonly Scope[]): readonly Scope[] {
  if (scopes.length > 0) return scopes;
  return (parameters.get('scope') ?? '').split(' ').filter(isScope);
}

function isScope(text: string): text is Scope {
  return /^[^: ]+:.+:[^: ]+$/.test(text);
}
