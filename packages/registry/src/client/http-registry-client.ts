import { parseReference } from '@layers/core/oci';
import type { RegistryHost } from '../hosts/registry-host.js';
import { checkAccess } from './check-access.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { HttpRepository } from './http-repository.js';
import { listRepositories } from './lists.js';
import type { RegistryClient } from './registry-client.js';
import type { Repository } from './repository.js';

/** How a client finds registries, and what it sends to them. */
export interface ClientOptions extends ConnectionOptions {
  /** Returns the servers for a domain of image names: mirrors first, the registry itself last. */
  readonly hosts: (domain: string) => readonly RegistryHost[];
}

/** A client that talks HTTP. */
export class HttpRegistryClient implements RegistryClient {
  readonly #options: ClientOptions;
  readonly #servers = new Map<
    string,
    { readonly mirrors: readonly Connection[]; readonly registry: Connection }
  >();
  readonly #stopped = new AbortController();

  constructor(options: ClientOptions) {
    const { signal } = options;
    this.#options = {
      ...options,
      signal: signal === undefined ? this.#stopped.signal : AbortSignal.any([signal, this.#stopped.signal]),
    };
  }

  repository(name: string | { readonly domain: string; readonly path: string }): Repository {
    const place = typeof name === 'string' ? parseReference(name) : name;
    const { mirrors, registry } = this.#serversOf(place.domain);
    return new HttpRepository(place, mirrors, registry);
  }

  repositories(domain: string): AsyncGenerator<string> {
    return listRepositories(this.#serversOf(domain).registry);
  }

  checkAccess(domain: string): Promise<void> {
    return checkAccess(this.#serversOf(domain).registry);
  }

  stop(reason: unknown): void {
    this.#stopped.abort(reason);
  }

  #serversOf(domain: string) {
    const known = this.#servers.get(domain);
    if (known !== undefined) return known;
    const connections = this.#options.hosts(domain).map((host) => new Connection(host, this.#options));
    const registry = connections.at(-1);
    if (registry === undefined) throw new Error(`no server for ${domain}`);
    const servers = { mirrors: connections.slice(0, -1), registry };
    this.#servers.set(domain, servers);
    return servers;
  }
}
