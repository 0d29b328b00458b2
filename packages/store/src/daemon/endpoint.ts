import { homedir } from 'node:os';
import { join } from 'node:path';
import { LayersError } from '@layers/errors';
import { readContextEndpoint } from './context.js';
import { type DaemonTls, readTls } from './tls.js';

/** The address of a Docker Engine. */
export interface DaemonEndpoint {
  /** In the syntax of `DOCKER_HOST`: `unix:///var/run/docker.sock`. */
  readonly host: string;
  readonly address: DaemonAddress;
}

/** A socket, or a host and port. */
export type DaemonAddress =
  /** A Unix socket, or a named pipe of Windows. */
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly hostname: string;
      readonly port: number;
      /** The prefix of every path: empty, or starts with a slash and does not end with one. */
      readonly basePath: string;
      /** Null for plain HTTP. */
      readonly tls: DaemonTls | null;
    };

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/**
 * Returns the Docker Engine that the docker command would use: `DOCKER_HOST` (with `DOCKER_TLS_VERIFY` and
 * `DOCKER_CERT_PATH`), else the context that `DOCKER_CONTEXT` or docker's `config.json` names, else the default socket. Does
 * not connect to it.
 *
 * @param env the environment variables, such as `process.env`
 * @returns the address, for `loadIntoDaemon`, `saveFromDaemon` and `readFromDaemon`
 * @throws LayersError ERR_LAYERS_USAGE for text that is not an address, ERR_LAYERS_TRANSPORT for `ssh://`,
 *   ERR_LAYERS_DAEMON for a context or a certificate that cannot be read
 */
export function daemonEndpoint(env: Environment): DaemonEndpoint {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const directory = env['DOCKER_CONFIG'] || join(home, '.docker');
  const host = env['DOCKER_HOST'];
  if (host === undefined || host === '') {
    const context = readContextEndpoint(env, directory);
    if (context === null) return addressOf(defaultHost(), null);
    return addressOf(
      context.host,
      context.tlsDirectory === null ? null : () => readTls(context.tlsDirectory, context),
    );
  }
  const certificates = env['DOCKER_CERT_PATH'] || directory;
  const verify = (env['DOCKER_TLS_VERIFY'] ?? '') !== '';
  return addressOf(host, verify ? () => readTls(certificates, { skipVerify: false }) : null);
}

function defaultHost(): string {
  return process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';
}

/**
 * Parses an address in the syntax of `DOCKER_HOST`.
 *
 * @param tls reads the certificates; null for a connection without TLS
 */
function addressOf(host: string, tls: (() => DaemonTls) | null): DaemonEndpoint {
  const [scheme, rest] = splitScheme(host);
  if (scheme === 'unix' || scheme === 'npipe') {
    if (rest === '') throw invalidAddress(host);
    return { host, address: { kind: 'socket', path: rest } };
  }
  if (scheme === 'ssh') throw sshAddress(host, rest);
  if (scheme !== 'tcp' && scheme !== 'http' && scheme !== 'https') throw invalidAddress(host);
  const url = parsedUrl(`http://${rest}`);
  if (url === null || url.hostname === '' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw invalidAddress(host);
  }
  const secured = scheme === 'https' ? (tls ?? (() => ({ rejectUnauthorized: true }))) : tls;
  return {
    host,
    address: {
      kind: 'tcp',
      hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: portOf(rest, scheme, secured !== null),
      basePath: url.pathname.replace(/\/+$/, ''),
      tls: scheme === 'http' ? null : (secured?.() ?? null),
    },
  };
}

function parsedUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** Splits off the scheme. Without one, an address is TCP, as in docker. */
function splitScheme(host: string): readonly [scheme: string, rest: string] {
  const [, scheme, rest] = /^([a-z]+):\/\/(.*)$/s.exec(host) ?? [];
  return scheme === undefined || rest === undefined ? ['tcp', host] : [scheme, rest];
}

/** Returns the port as written: a `URL` drops the default port of its scheme. */
function portOf(rest: string, scheme: string, encrypted: boolean): number {
  const written = /^(?:\[[^\]]*\]|[^/:]*):(\d+)/.exec(rest)?.[1];
  if (written !== undefined) return Number(written);
  if (scheme === 'http') return 80;
  if (scheme === 'https') return 443;
  return encrypted ? TLS_PORT : PLAIN_PORT;
}

function invalidAddress(host: string): LayersError {
  return new LayersError(
    'ERR_LAYERS_USAGE',
    `${JSON.stringify(host)} is not the address of a Docker Engine`,
    {
      hint: 'set DOCKER_HOST to an address such as unix:///var/run/docker.sock or tcp://host:2376',
    },
  );
}

function sshAddress(host: string, rest: string): LayersError {
  return new LayersError('ERR_LAYERS_TRANSPORT', `connecting over SSH is not supported: ${host}`, {
    hint:
      `forward its socket: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock ${rest.replace(/\/.*$/s, '')} & ` +
      'and set DOCKER_HOST=unix:///tmp/docker.sock',
  });
}
