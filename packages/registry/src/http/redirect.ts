import { HttpFailure } from './http-failure.js';
import type { HttpMethod, HttpResponse } from './http-message.js';

/** The limit of redirects in a row. Browsers and Go have 10 to 20; registries use one. */
export const MAX_REDIRECTS = 5;

/**
 * Whether a response redirects a request to be sent again as it is. Other methods than GET and HEAD are kept by the statuses 307
 * and 308 alone (RFC 9110, 15.4).
 */
export function isRedirect(method: HttpMethod, status: number): boolean {
  if (status === 307 || status === 308) return true;
  return (method === 'GET' || method === 'HEAD') && (status === 301 || status === 302 || status === 303);
}

/**
 * Returns the target of a redirect.
 *
 * @throws HttpFailure for a missing or invalid target, one that is not HTTP, and one from https to http
 */
export function redirectTarget(response: HttpResponse): URL {
  const location = response.header('location');
  const target = location === undefined ? null : parseUrl(location, response.url);
  if (target === null) throw new HttpFailure('protocol', 'the server redirects to no valid address');
  if (target.protocol !== 'https:' && target.protocol !== 'http:')
    throw new HttpFailure('protocol', `the server redirects to ${target.protocol}`);
  if (response.url.protocol === 'https:' && target.protocol === 'http:')
    throw new HttpFailure('protocol', `the server redirects to ${target.host} without TLS`);
  // Credentials in an address would be sent as a header.
  target.username = '';
  target.password = '';
  return target;
}

/** Parses an address relative to another one; null for an invalid one. */
export function parseUrl(text: string, base?: URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/** Returns an address without its query, which can hold signatures, for messages. */
export function printableUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
