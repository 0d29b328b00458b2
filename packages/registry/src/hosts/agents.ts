import { type Agent, type AgentOptions, type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions, type RequestOptions } from 'node:https';
import { isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import type { Environment } from './environment.js';
import { proxyFor } from './proxy.js';
import { connectReceiving } from './receiving-socket.js';
import type { RegistryTls } from './registry-host.js';
import { withDefaultAuthorities } from './trusted-certificates.js';
import { openTunnel } from './tunnel.js';

/** Above the number of transfers that a client runs at the same time, so that requests for manifests need not wait. */
const MAX_SOCKETS = 16;

type OnSocket = (error: Error | null, socket: Duplex) => void;

const agents = new WeakMap<RegistryTls, Map<string, Agent>>();

/**
 * Returns an agent for the requests to an origin. It keeps connections open, and goes through the proxy of the environment
 * where there is one. The same `tls` object, origin and proxy have the same agent. Idle connections do not keep the
 * process alive.
 *
 * Its requests fail with ERR_LAYERS_REGISTRY where the proxy refuses them.
 *
 * @param origin such as `https://registry-1.docker.io`
 * @throws LayersError ERR_LAYERS_REGISTRY for a proxy that is not an http or https URL
 */
export function agentFor(origin: string, tls: RegistryTls, env: Environment): Agent {
  const proxy = proxyFor(origin, env);
  const known = agents.get(tls) ?? new Map<string, Agent>();
  agents.set(tls, known);
  const key = `${origin} ${proxy?.href ?? ''}`;
  const agent = known.get(key) ?? makeAgent(origin, tls, env, proxy);
  known.set(key, agent);
  return agent;
}

function makeAgent(origin: string, tls: RegistryTls, env: Environment, proxy: URL | null): Agent {
  const common: AgentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_SOCKETS };
  if (new URL(origin).protocol === 'http:') {
    return proxy === null ? new DirectHttpAgent(common) : new HttpTunnelAgent(common, proxy);
  }
  const secure: HttpsAgentOptions = {
    ...common,
    // Made once: it takes longer than a handshake to read all authorities.
    secureContext: secureContextOf(tls, env),
    rejectUnauthorized: tls.rejectUnauthorized,
  };
  return proxy === null ? new HttpsAgent(secure) : new HttpsTunnelAgent(secure, proxy);
}

function secureContextOf({ ca, cert, key }: RegistryTls, env: Environment): SecureContext {
  return createSecureContext({
    ...(ca === undefined ? {} : { ca: withDefaultAuthorities(ca, env) }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}

/** Reaches http servers. */
class DirectHttpAgent extends HttpAgent {
  override createConnection({ host, port }: ClientRequestArgs): Socket {
    return connectReceiving(bareHost(host), Number(port ?? 80));
  }
}

/** Reaches http servers through a proxy. A tunnel keeps the proxy from answering in place of the server. */
class HttpTunnelAgent extends HttpAgent {
  readonly #proxy: URL;

  constructor(options: AgentOptions, proxy: URL) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: ClientRequestArgs, callback?: OnSocket): undefined {
    connectThrough(this.#proxy, options, 80, callback, (socket) => socket);
  }
}

/** Reaches https servers through a proxy. */
class HttpsTunnelAgent extends HttpsAgent {
  readonly #proxy: URL;

  constructor(options: HttpsAgentOptions, proxy: URL) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: RequestOptions, callback?: OnSocket): undefined {
    const { secureContext, rejectUnauthorized = true } = this.options;
    connectThrough(this.#proxy, options, 443, callback, (socket, host) =>
      connectTls({
        socket,
        host,
        servername: isIP(host) === 0 ? host : '',
        rejectUnauthorized,
        ...(secureContext === undefined ? {} : { secureContext }),
      }),
    );
  }
}

function connectThrough(
  proxy: URL,
  { host, port }: ClientRequestArgs,
  defaultPort: number,
  callback: OnSocket = () => {},
  use: (socket: Socket, host: string) => Duplex,
): void {
  const name = bareHost(host);
  openTunnel(proxy, name, Number(port ?? defaultPort)).then(
    (socket) => callback(null, use(socket, name)),
    (error: Error) => callback(error, new Socket().destroy()),
  );
}

/** Returns a host without the brackets of an IPv6 address. */
function bareHost(host: string | null | undefined): string {
  return (host ?? '').replace(/^\[|\]$/g, '');
}
