import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import type { Environment } from './environment.js';
import { readSmallFile } from './small-file.js';

const MAX_PEM_BYTES = 4 * 1024 * 1024;

/**
 * Returns certificate authorities with those that Node trusts by default: the option `ca` of `node:tls` replaces them,
 * and those of NODE_EXTRA_CA_CERTS too.
 */
export function withDefaultAuthorities(ca: readonly string[], env: Environment): string[] {
  return [...(nodeAuthorities() ?? [...tls.rootCertificates, ...extraAuthorities(env)]), ...ca];
}

/** What Node 22.15 and later report, with the effect of their options and variables; null for older versions. */
function nodeAuthorities(): readonly string[] | null {
  const get: unknown = Reflect.get(tls, 'getCACertificates');
  if (typeof get !== 'function') return null;
  const list: unknown = Reflect.apply(get, tls, ['default']);
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : null;
}

/** Node ignores a file that it cannot read, with a warning. */
function extraAuthorities(env: Environment): readonly string[] {
  const path = env['NODE_EXTRA_CA_CERTS'];
  if (!path) return [];
  try {
    const pem = readSmallFile(path, MAX_PEM_BYTES)?.toString() ?? '';
    new X509Certificate(pem);
    return [pem];
  } catch {
    return [];
  }
}
