import { X509Certificate } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { systemCode, systemReason } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import { readSmallFile } from './small-file.js';

/** Bundles of all certificate authorities take a quarter of a megabyte. */
const MAX_PEM_BYTES = 4 * 1024 * 1024;

/** The certificates for a registry, as PEM text. */
export interface Certificates {
  readonly ca: readonly string[];
  readonly client: ClientCertificate | null;
}

export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads the certificates of a directory, by the names that docker and podman define: `*.crt` are certificate authorities,
 * `*.cert` and `*.key` the certificate and the key of the client. Returns null for a directory that does not exist or
 * that this user may not enter.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS for a file that cannot be used
 */
export function readCertificateDirectory(directory: string): Certificates | null {
  const names = namesIn(directory);
  if (names === null) return null;
  const withEnding = (ending: string) => names.filter((name) => name.endsWith(ending)).sort();
  const ca = withEnding('.crt').map((name) => readAuthority(join(directory, name)));
  for (const key of withEnding('.key')) requirePartner(directory, names, key, '.key', '.cert');
  const [first, second] = withEnding('.cert');
  if (first === undefined) return { ca, client: null };
  if (second !== undefined) {
    throw certificateError(
      `${directory} has several client certificates: ${first} and ${second}`,
      'keep one of them in the directory',
    );
  }
  const key = requirePartner(directory, names, first, '.cert', '.key');
  return { ca, client: readClientCertificate(join(directory, first), join(directory, key)) };
}

/**
 * Reads certificate authorities.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS
 */
export function readAuthority(path: string): string {
  const pem = readPem(path);
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw certificateError(`${path} is not a certificate in PEM format`, 'check the file', cause);
  }
  return pem;
}

/**
 * Reads the certificate and the key of a client.
 *
 * @throws LayersError ERR_LAYERS_CREDENTIALS
 */
export function readClientCertificate(certPath: string, keyPath: string): ClientCertificate {
  const client = { cert: readPem(certPath), key: readPem(keyPath) };
  try {
    createSecureContext(client);
  } catch {
    // OpenSSL's message does not say which of the two it cannot use.
    throw certificateError(
      `${certPath} and ${keyPath} are not a certificate and its key`,
      'both must be in PEM format, and the key must not be encrypted',
    );
  }
  return client;
}

function namesIn(directory: string): readonly string[] | null {
  try {
    return readdirSync(directory);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemCode(cause) ?? '')) return null;
    throw certificateError(`cannot read ${directory}: ${systemReason(cause)}`, 'check the directory', cause);
  }
}

function requirePartner(
  directory: string,
  names: readonly string[],
  name: string,
  ending: string,
  partnerEnding: string,
): string {
  const partner = basename(name, ending) + partnerEnding;
  if (names.includes(partner)) return partner;
  throw certificateError(
    `${join(directory, name)} needs ${partner} beside it`,
    'a client certificate ends in .cert and its key in .key; certificate authorities end in .crt',
  );
}

function readPem(path: string): string {
  let bytes: Buffer | null;
  try {
    bytes = readSmallFile(path, MAX_PEM_BYTES);
  } catch (cause) {
    throw certificateError(
      `cannot read ${path}: ${systemReason(cause)}`,
      'check the path and its permissions',
      cause,
    );
  }
  if (bytes !== null) return bytes.toString();
  throw certificateError(`${path} has more than ${MAX_PEM_BYTES} bytes`, 'check the path');
}

function certificateError(message: string, hint: string, cause?: unknown): LayersError {
  return new LayersError('ERR_LAYERS_CREDENTIALS', message, { hint, cause });
}
