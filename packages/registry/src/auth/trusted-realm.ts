import { isIP } from 'node:net';
import { isLoopback } from '../hosts/host-name.js';

/**
 * Whether credentials for a registry may be sent to a token server. It must be of the same registrable domain, such as
 * auth.docker.io for registry-1.docker.io, and use TLS. On this machine it may use http.
 */
export async function isTrustedRealm(realm: URL, registry: URL): Promise<boolean> {
  if (isLoopback(registry.hostname) && isLoopback(realm.hostname)) return true;
  if (realm.protocol !== 'https:') return false;
  if (realm.hostname === registry.hostname) return true;
  if (isIP(realm.hostname) !== 0 || realm.hostname.startsWith('[')) return false;
  // Most servers need no list of all public suffixes, and it takes long to load.
  const { getDomain } = await import('tldts');
  // With private suffixes: two customers of a hosting provider are strangers.
  const domain = getDomain(realm.hostname, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(registry.hostname, { allowPrivateDomains: true });
}

/** Whether credentials may be sent to a registry: with TLS, or on this machine. */
export function mayReceiveCredentials(registry: URL): boolean {
  return registry.protocol === 'https:' || isLoopback(registry.hostname);
}
