import { LayersError } from '@layers/errors';
import type { Environment } from './environment.js';
import { isLoopback } from './host-name.js';
import { isExcluded } from './no-proxy.js';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Returns the proxy that the environment names for an origin; null for none. Reads HTTPS_PROXY or HTTP_PROXY, and
 * NO_PROXY, in upper or lower case, by the rules of Go. This machine is never reached through a proxy.
 *
 * @throws LayersError ERR_LAYERS_REGISTRY for a proxy that is not an http or https URL
 */
export function proxyFor(origin: string, env: Environment): URL | null {
  const { protocol, hostname, port } = new URL(origin);
  if (isLoopback(hostname)) return null;
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  // A web server that runs a program as CGI sets HTTP_PROXY from a header of the request.
  if (name === 'HTTP_PROXY' && env['REQUEST_METHOD']) return null;
  const value = variable(env, name);
  if (value === '') return null;
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isExcluded(variable(env, 'NO_PROXY'), bare, Number(port) || (DEFAULT_PORTS[protocol] ?? 0)))
    return null;
  return parseProxy(value, name);
}

/** Returns the name of a proxy for messages, without the credentials that its URL may have. */
export function proxyName({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

function variable(env: Environment, name: string): string {
  return (env[name] || env[name.toLowerCase()] || '').trim();
}

function parseProxy(value: string, name: string): URL {
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && url.hostname !== '' && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new LayersError('ERR_LAYERS_REGISTRY', `${name} is not the URL of an http or https proxy`, {
    hint: `set ${name} to a URL such as http://proxy.example.com:3128, or unset it`,
  });
}
