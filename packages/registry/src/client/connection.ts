import type { Agent } from 'node:http';
import { isLayersError } from '@layers/errors';
import { Authorizer } from '../auth/authorizer.js';
import type { Scope } from '../auth/scope.js';
import type { CredentialSource } from '../credentials/credentials.js';
import { isLoopback } from '../hosts/host-name.js';
import type { RegistryHost, RegistryTls } from '../hosts/registry-host.js';
import { speaksTls } from '../hosts/speaks-tls.js';
import { type ExchangeOptions, exchange } from '../http/exchange.js';
import { HttpFailure } from '../http/http-failure.js';
import type { HttpMethod, HttpRequest, HttpResponse, RequestBody } from '../http/http-message.js';
import { isRedirect, MAX_REDIRECTS, redirectTarget } from '../http/redirect.js';
import { isTransientStatus, parseRetryAfter, Retries, type RetryPolicy } from '../http/retry.js';
import {
  deniedError,
  problemText,
  type RequestPlace,
  readProblems,
  requestError,
} from '../registry-error.js';

/** What all requests of a client share. */
export interface ConnectionOptions {
  readonly credentials: CredentialSource;
  /** Returns the agent for an origin, such as `https://ghcr.io`. */
  readonly agentFor: (url: URL, tls: RegistryTls) => Agent;
  readonly retry?: RetryPolicy | undefined;
  /** The longest time without progress, in milliseconds. Default: one minute. */
  readonly idleTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Token servers of other domains that may receive credentials, as `host` or `host:port`. */
  readonly trustedRealms?: readonly string[] | undefined;
  /** Called with the text of `Warning: 299` headers. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** A request to a registry. */
export interface RegistryRequest {
  readonly method: HttpMethod;
  /** Below the origin, such as `/v2/library/alpine/tags/list`, or an absolute address that the registry gave. */
  readonly target: string | URL;
  /** The repository, for its credentials. */
  readonly path: string;
  readonly scopes: readonly Scope[];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: RequestBody | undefined;
  /** False sends the request once: the caller repeats it in another way. */
  readonly isRepeatable?: boolean;
  readonly place: RequestPlace;
}

/** Sends requests to one server: with credentials, redirects, and further attempts. */
export class Connection {
  readonly host: RegistryHost;
  readonly #options: ConnectionOptions;
  readonly #authorizer: Authorizer;
  #origin: URL;
  /** For token and content servers of other names, which do not get the certificate of the client. */
  readonly #othersTls: RegistryTls;
  #hasAnswered = false;
  /** Whether the origin of the host has answered, and not that without TLS. */
  #hasHostAnswered = false;
  /** Whether the origin is known to be the right one, before it has answered. */
  #isSchemeKnown = false;
  /** The first request, while it is open whether the server speaks TLS. */
  #first: Promise<void> | null = null;

  constructor(host: RegistryHost, options: ConnectionOptions) {
    this.host = host;
    this.#options = options;
    const { cert: _cert, key: _key, ...othersTls } = host.tls;
    this.#othersTls = othersTls;
    this.#origin = new URL(host.origin);
    this.#authorizer = new Authorizer({
      domain: host.credentialsDomain,
      credentials: options.credentials,
      send: (request) => this.#repeat(() => this.#exchange(request)),
      trustedRealms: options.trustedRealms,
    });
  }

  /** `host:port`, for messages. */
  get name(): string {
    return this.#origin.host;
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** Returns the attempts for an operation that repeats its own requests. */
  retries(): Retries {
    return new Retries(this.#options.retry, this.#options.signal);
  }

  /**
   * Sends a request and returns the response, whatever its status but a refused one.
   *
   * @throws LayersError ERR_LAYERS_REGISTRY or ERR_LAYERS_REGISTRY_WRITE where no response arrives,
   *   ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS
   */
  async send(request: RegistryRequest): Promise<HttpResponse> {
    try {
      const once = () => this.#authorized(request);
      return await (request.isRepeatable === false ? once() : this.#repeat(once));
    } catch (error) {
      throw requestError(request.place, error);
    }
  }

  /** Repeats an attempt while its failure or status is transient. Returns the last response. */
  async #repeat(attempt: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const retries = this.retries();
    for (;;) {
      try {
        const response = await attempt();
        if (!isTransientStatus(response.status)) return response;
        const retryAfterMs = parseRetryAfter(response.header('retry-after'), Date.now());
        if (!(await retries.next(retryAfterMs))) return response;
        response.discard();
      } catch (error) {
        if (!this.isTransient(error) || !(await retries.next())) throw error;
      }
    }
  }

  /** Whether an attempt can succeed later. A server that never answered is not there. */
  isTransient(error: unknown): boolean {
    const failure = isLayersError(error) ? error.cause : error;
    if (!(failure instanceof HttpFailure)) return false;
    return failure.isTransient && (failure.kind !== 'unreachable' || this.#hasAnswered);
  }

  /** Sends a request with `Authorization`; again after a challenge, or with a new token in place of an expired one. */
  async #authorized(request: RegistryRequest): Promise<HttpResponse> {
    const { path, scopes, place } = request;
    for (let attempt = 1; ; attempt++) {
      const authorization = await this.#authorizer.authorization(path, scopes, place);
      const response = await this.#afterFirst(() => this.#redirected(request, authorization));
      if (response.status !== 401) return response;
      // A challenge of another server would name a token server of its own, and get the credentials for this one.
      if (response.url.origin !== this.#origin.origin) {
        response.discard();
        throw deniedError(place, `${response.url.host} refuses access, where the registry sent the request`);
      }
      if (!this.#authorizer.refused(response, { authorization, scopes, attempt })) {
        const text = problemText(await readProblems(response));
        throw deniedError(place, text === '' ? 'access is denied' : text);
      }
      response.discard();
    }
  }

  /** Lets one request find out whether the server speaks TLS: each attempt takes a connection and a handshake. */
  async #afterFirst(send: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const isOpen = this.host.httpFallback !== null && !this.#hasAnswered && !this.#isSchemeKnown;
    if (!isOpen) return send();
    if (this.#first !== null) {
      await this.#first;
      return send();
    }
    const found = this.#findScheme();
    const response = found.then(send);
    const settled = () => {
      this.#first = null;
    };
    // Where the server on this machine has said it, the others need not wait for a response.
    this.#first = found
      .then(async () => {
        if (!this.#isSchemeKnown) await response;
      })
      .then(settled, settled);
    return response;
  }

  /** Uses http at once where a server on this machine does not speak TLS. */
  async #findScheme(): Promise<void> {
    const { httpFallback } = this.host;
    if (httpFallback === null || this.#origin.protocol !== 'https:' || !isLoopback(this.#origin.hostname))
      return;
    if ((await speaksTls(this.#origin)) !== false) return;
    this.#origin = new URL(httpFallback);
    this.#isSchemeKnown = true;
  }

  async #redirected(request: RegistryRequest, authorization: string | undefined): Promise<HttpResponse> {
    const { method, headers = {}, body } = request;
    let url = this.#urlOf(request.target);
    let hasLeft = false;
    for (let redirects = 0; ; redirects++) {
      // A content server has signed addresses. It must not see the credentials for the registry, nor say where they are used.
      hasLeft ||= url.origin !== this.#origin.origin;
      const isOwn = !hasLeft;
      const sent = isOwn && authorization !== undefined ? { ...headers, authorization } : headers;
      const response = await this.#reach({ method, url, headers: sent, body });
      if (!isRedirect(method, response.status)) return response;
      response.discard();
      if (redirects === MAX_REDIRECTS) throw new HttpFailure('protocol', 'the server redirects without end');
      url = redirectTarget(response);
    }
  }

  /** Sends a request; without TLS where the registry may be reached so, and does not speak TLS. */
  async #reach(request: HttpRequest): Promise<HttpResponse> {
    const { httpFallback, origin } = this.host;
    const isOfHost = request.url.origin === new URL(origin).origin;
    try {
      const response = await this.#exchange(request);
      if (isOfHost) this.#hasHostAnswered = true;
      return response;
    } catch (error) {
      // Requests at the same time all begin with TLS, and each learns for itself that there is none.
      const mayFallBack = isOfHost && !this.#hasHostAnswered;
      // Some servers close the connection. On another machine, anyone on the way could do that.
      const mayBeCut = isLoopback(this.#origin.hostname);
      const lacksTls =
        error instanceof HttpFailure && (error.kind === 'no-tls' || (error.kind === 'cut' && mayBeCut));
      if (httpFallback === null || !mayFallBack || !lacksTls) throw error;
      const { pathname, search } = request.url;
      const response = await this.#exchange({ ...request, url: new URL(pathname + search, httpFallback) });
      this.#origin = new URL(httpFallback);
      return response;
    }
  }

  async #exchange(request: HttpRequest): Promise<HttpResponse> {
    const { signal, idleTimeoutMs, agentFor, onWarning } = this.#options;
    const isOwn = request.url.hostname === this.#origin.hostname;
    const agent = agentFor(request.url, isOwn ? this.host.tls : this.#othersTls);
    const options: ExchangeOptions = { agent, signal, idleTimeoutMs };
    const response = await exchange(request, options);
    this.#hasAnswered = true;
    for (const warning of response.headers('warning')) {
      const text = /^299 \S+ "((?:[^"\\]|\\.)*)"/.exec(warning)?.[1];
      if (text !== undefined) onWarning?.(text.replaceAll(/\\(.)/g, '$1'));
    }
    return response;
  }

  #urlOf(target: string | URL): URL {
    return typeof target === 'string' ? new URL(target, this.#origin) : target;
  }
}
