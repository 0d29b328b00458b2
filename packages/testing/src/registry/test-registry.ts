import { type Behaviour, COMPLETE } from './api/behaviour.ts';
import { answerFromBlobHost, signedPath } from './api/blob-host.ts';
import { answerBlob } from './api/blobs.ts';
import type { Context } from './api/context.ts';
import { answerCatalog, answerReferrers, answerTags } from './api/lists.ts';
import { answerManifest } from './api/manifests.ts';
import { isRepositoryName, type Route, repositoryOf, routeOf } from './api/routes.ts';
import { Storage } from './api/storage.ts';
import { answerUpload, startUpload } from './api/uploads.ts';
import { type Authentication, basicGate, bearerGate, type Gate, openGate } from './auth/authentication.ts';
import { IssuedTokens } from './auth/issued-tokens.ts';
import { answerToken } from './auth/token-server.ts';
import { type Answer, errorAnswer, JSON_TYPE } from './http/answers.ts';
import type { FaultPlan } from './http/faults.ts';
import { type Call, type HttpServer, type ServerTls, startServer } from './http/http-server.ts';
import { RequestLog } from './http/request-log.ts';

export interface TestRegistryOptions {
  /** How users are recognised; by default, nobody is asked. */
  readonly authentication?: Authentication;
  /** Differences from a complete implementation. */
  readonly behaviour?: Partial<Behaviour>;
  /** The faults of requests to all servers of the registry. */
  readonly faults?: FaultPlan;
  /** Serves all servers of the registry by TLS. */
  readonly tls?: ServerTls;
}

/** A registry in this process that keeps everything in memory. */
export interface TestRegistry {
  /** The domain of image names, such as `127.0.0.1:43210`. */
  readonly domain: string;
  readonly origin: string;
  /** The origins of the token server and of the host of blobs. */
  readonly tokensOrigin: string;
  readonly blobsOrigin: string;
  readonly storage: Storage;
  readonly log: RequestLog;
  readonly tokens: IssuedTokens;
  /** Can be changed between requests. */
  readonly behaviour: Behaviour;
  /** Can be replaced between requests; null for no faults. */
  faults: FaultPlan | null;
  stop(): Promise<void>;
}

/** Starts a registry of the distribution specification 1.1, with its token server and its host of blobs. */
export async function startTestRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const { authentication = { kind: 'none' } } = options;
  const bearer = authentication.kind === 'bearer' ? authentication : null;
  const [storage, log] = [new Storage(), new RequestLog()];
  const tokens = new IssuedTokens(bearer?.requestsPerToken);
  const behaviour = { ...COMPLETE, ...options.behaviour };
  const running: { faults: FaultPlan | null } = { faults: options.faults ?? null };
  const tls = options.tls ?? null;
  const shared = { tls, log, faults: () => running.faults };
  const scheme = tls === null ? 'http' : 'https';

  const blobHost = await startServer('blobs', shared, async (call) =>
    answerFromBlobHost(call, storage, behaviour.ranges),
  );
  const tokenServer = await startServer('tokens', shared, (call) =>
    answerToken(call, {
      bearer: bearer ?? { users: {} },
      log,
      issue: (scopes, seconds) => tokens.issue(scopes, seconds),
    }),
  );
  // Another name than that of the registry, because clients compare hosts.
  const blobsOrigin = `${scheme}://localhost:${blobHost.port}`;
  const tokensOrigin = `${scheme}://127.0.0.1:${tokenServer.port}`;
  const gate = gateOf(authentication, tokens, `${tokensOrigin}/token`);
  const registry: HttpServer = await startServer('registry', shared, async (call) => {
    const origin = `${scheme}://${call.headers['host'] ?? domain}`;
    const blobUrl = (name: string, digest: string): string => `${blobsOrigin}${signedPath(name, digest)}`;
    const answer = await answerOf(call, gate, { storage, behaviour, origin, blobUrl });
    return withCommonHeaders(answer, behaviour);
  });
  const domain = `127.0.0.1:${registry.port}`;
  return Object.assign(running, {
    domain,
    origin: `${scheme}://${domain}`,
    tokensOrigin,
    blobsOrigin,
    storage,
    log,
    tokens,
    behaviour,
    async stop() {
      await Promise.all([registry, tokenServer, blobHost].map((server) => server.stop()));
    },
  });
}

function gateOf(authentication: Authentication, tokens: IssuedTokens, tokenUrl: string): Gate {
  switch (authentication.kind) {
    case 'none':
      return openGate;
    case 'basic':
      return basicGate(authentication.users);
    case 'bearer': {
      const { realm = tokenUrl, service = 'registry.test' } = authentication;
      return bearerGate(tokens, realm, service);
    }
  }
}

async function answerOf(call: Call, gate: Gate, context: Context): Promise<Answer> {
  const route = routeOf(decodeURIComponent(call.url.pathname));
  if (route === null) return { status: 404, body: Buffer.from('404 page not found\n') };
  const refusal = gate(call, route);
  if (refusal !== null) return refusal;
  const name = repositoryOf(route);
  if (name !== null && !isRepositoryName(name)) return errorAnswer('NAME_INVALID', { detail: { name } });
  if (call.method === 'HEAD' && !context.behaviour.head) return errorAnswer('UNSUPPORTED');
  return dispatch(call, route, context);
}

async function dispatch(call: Call, route: Route, context: Context): Promise<Answer> {
  switch (route.kind) {
    case 'manifest':
      return answerManifest(call, route.name, route.reference, context);
    case 'blob':
      return answerBlob(call, route.name, route.digest, context);
    case 'upload':
      if (route.id === '') return startUpload(call, route.name, context);
      return answerUpload(call, route.name, route.id, context);
    default:
      if (call.method !== 'GET' && call.method !== 'HEAD') return errorAnswer('UNSUPPORTED');
      return answerList(call, route, context);
  }
}

function answerList(call: Call, route: Route, context: Context): Answer {
  switch (route.kind) {
    case 'tags':
      return answerTags(call, route.name, context);
    case 'referrers':
      return answerReferrers(call, route.name, route.digest, context);
    case 'catalog':
      return answerCatalog(call, context);
    default:
      return { status: 200, headers: { 'Content-Type': JSON_TYPE }, body: Buffer.from('{}') };
  }
}

function withCommonHeaders(answer: Answer, { warning }: Behaviour): Answer {
  const headers = {
    'Docker-Distribution-Api-Version': 'registry/2.0',
    ...(warning === null ? {} : { Warning: `299 - "${warning}"` }),
    ...answer.headers,
  };
  return { ...answer, headers };
}
