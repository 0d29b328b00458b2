import type { Repository } from './repository.js';

/** Access to registries. Repositories of one client share connections and tokens. */
export interface RegistryClient {
  /**
   * Returns a repository, such as `alpine` or `ghcr.io/me/app`.
   *
   * @throws LayersError ERR_LAYERS_REFERENCE for an invalid name, ERR_LAYERS_CREDENTIALS for certificates that cannot be used
   */
  repository(name: string | { readonly domain: string; readonly path: string }): Repository;
  /**
   * Yields the repositories of a registry. Many registries do not list them.
   *
   * @throws LayersError ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS
   */
  repositories(domain: string): AsyncGenerator<string>;
  /**
   * Checks that a registry accepts the credentials (distribution-spec, "Determining Support").
   *
   * @throws LayersError ERR_LAYERS_REGISTRY_AUTH where it refuses them, ERR_LAYERS_REGISTRY, ERR_LAYERS_CREDENTIALS
   */
  checkAccess(domain: string): Promise<void>;
  /** Ends all requests; they throw `reason`. */
  stop(reason: unknown): void;
}
