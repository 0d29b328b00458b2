import { LayersError } from '@layers/errors';

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?)(?::[0-9]{1,5})?$/;

/**
 * Returns the URL of a host, such as `localhost:5000`. Its `origin` has no default port, and its `hostname` is in lower
 * case.
 *
 * @throws LayersError ERR_LAYERS_USAGE for text that is not a host with an optional port
 */
export function hostUrl(scheme: 'http' | 'https', host: string): URL {
  // Text such as `user:password@host` is refused, and not quoted.
  const text = `${scheme}://${host}`;
  if (!HOST.test(host) || !URL.canParse(text)) {
    throw new LayersError('ERR_LAYERS_USAGE', 'not the host of a registry', {
      hint: 'a host is such as registry.example.com or localhost:5000, without a scheme or a path',
    });
  }
  return new URL(text);
}

/** Returns whether a `hostname` of a URL is this machine: `localhost`, 127.0.0.0/8 or ::1. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(hostname);
}
