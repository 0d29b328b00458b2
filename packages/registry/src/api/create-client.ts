import { homedir } from 'node:os';
import { HttpRegistryClient } from '../client/http-registry-client.js';
import type { RegistryClient } from '../client/registry-client.js';
import { type Credentials, credentialSource } from '../credentials/index.js';
import { agentFor } from '../hosts/agents.js';
import { type HostOptions, registryHosts } from '../hosts/registry-hosts.js';
import type { RetryPolicy } from '../http/retry.js';

/** How registries are reached, and as whom. */
export interface RegistryOptions extends Partial<HostOptions> {
  /** Default: those of the configuration files of docker, podman and skopeo. */
  readonly credentials?: Credentials | undefined;
  /** The only file with credentials to use. */
  readonly authFile?: string | undefined;
  readonly retry?: RetryPolicy | undefined;
  /** The longest time without progress, in milliseconds. Default: one minute. */
  readonly idleTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Token servers of other domains that may receive credentials, as `host` or `host:port`. */
  readonly trustedRealms?: readonly string[] | undefined;
  /** Called with the warnings of registries. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/**
 * Returns a client of registries that behaves as docker, podman and skopeo do: credentials from their files and helpers,
 * certificates from `certs.d`, proxies from the environment, http for registries on this machine alone.
 *
 * @example
 * ```ts
 * const client = createRegistryClient();
 * const repository = client.repository('ghcr.io/me/app');
 * for await (const tag of repository.tags()) console.log(tag);
 * ```
 */
export function createRegistryClient(options: RegistryOptions = {}): RegistryClient {
  const { env = process.env, credentials, authFile, signal } = options;
  const { homeDirectory = env['HOME'] ?? homedir() } = options;
  const { retry, idleTimeoutMs, trustedRealms, onWarning } = options;
  const named = new Set<string>();
  const found = credentialSource({ env, homeDirectory, authFile });
  return new HttpRegistryClient({
    hosts(domain) {
      named.add(domain);
      return registryHosts(domain, { ...options, env, homeDirectory });
    },
    credentials: {
      // The credentials of a registry are not those of its mirrors.
      find: async (domain, path) =>
        credentials !== undefined && named.has(domain) ? credentials : found.find(domain, path),
    },
    agentFor: ({ origin }, tls) => agentFor(origin, tls, env),
    retry,
    idleTimeoutMs,
    signal,
    trustedRealms,
    onWarning,
  });
}
