import { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { startTestRegistry, type TestRegistryOptions } from '@layers/testing/registry';
import { type ClientOptions, HttpRegistryClient } from '../src/client/http-registry-client.ts';
import type { RegistryClient } from '../src/client/registry-client.ts';
import type { Repository } from '../src/client/repository.ts';
import type { Credentials } from '../src/credentials/credentials.ts';

/** What a test says of its client. */
export interface TestClientOptions extends Partial<ClientOptions> {
  readonly domain: string;
  readonly login?: Credentials | undefined;
  /** The certificate authority of the registry; http without it. */
  readonly ca?: string | undefined;
}

/** A client of one registry, which tries again at once. */
export class TestClient {
  readonly client: RegistryClient;
  readonly #domain: string;
  readonly #agents: readonly Agent[];

  constructor({ domain, login, ca, ...options }: TestClientOptions) {
    this.#domain = domain;
    const [http, https] = [new Agent({ keepAlive: true }), new HttpsAgent({ keepAlive: true, ca })];
    this.#agents = [http, https];
    const origin = `${ca === undefined ? 'http' : 'https'}://${domain}`;
    const tls = { rejectUnauthorized: true };
    this.client = new HttpRegistryClient({
      hosts: () => [
        { domain, credentialsDomain: domain, origin, httpFallback: null, prefix: '', isMirror: false, tls },
      ],
      credentials: { find: async () => login ?? null },
      agentFor: ({ protocol }) => (protocol === 'https:' ? https : http),
      retry: { delayMs: 1 },
      idleTimeoutMs: 5000,
      ...options,
    });
  }

  repository(path: string): Repository {
    return this.client.repository({ domain: this.#domain, path });
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

const opened: (() => Promise<void> | void)[] = [];

/** Adds something to close after the test. */
export function closeLater(close: () => Promise<void> | void): void {
  opened.push(close);
}

/** Closes what the test has opened, the last first. */
export async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

/** Starts a registry, and a client with a repository of it. Both are closed by `closeAll`. */
export async function startWithClient(
  options: TestRegistryOptions = {},
  clientOptions: Partial<TestClientOptions> = {},
) {
  const registry = await startTestRegistry(options);
  const client = new TestClient({ domain: registry.domain, ...clientOptions });
  closeLater(() => registry.stop());
  closeLater(() => client.close());
  return { registry, client, repository: client.repository('team/app') };
}
