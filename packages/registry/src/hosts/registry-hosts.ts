import { join } from 'node:path';
import { LayersError } from '@layers/errors';
import {
  type Certificates,
  readAuthority,
  readCertificateDirectory,
  readClientCertificate,
} from './certificates.js';
import type { Environment } from './environment.js';
import { hostUrl, isLoopback } from './host-name.js';
import { type Mirror, parseMirror } from './mirror.js';
import type { RegistryHost, RegistryTls } from './registry-host.js';

export interface HostOptions {
  readonly env: Environment;
  readonly homeDirectory: string;
  /** Mirrors of the registry, the first one first, such as `mirror.example.com/hub`. */
  readonly mirrors?: readonly string[] | undefined;
  /** Whether any certificate is accepted, and http where a server does not speak TLS. */
  readonly insecure?: boolean | undefined;
  /** The only directory with certificates, in place of those of `certsDirectories`. */
  readonly certDir?: string | undefined;
  /** Further certificate authorities. */
  readonly caFile?: string | undefined;
  /** The certificate of the client, in place of that of a directory. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The directories that have a directory of certificates for each host. Default: those of podman and docker. */
  readonly certsDirectories?: readonly string[] | undefined;
}

const DOCKER_HUB = 'docker.io';
const DOCKER_HUB_SERVER = 'registry-1.docker.io';

/**
 * Returns the servers to try for a registry: its mirrors, then the registry itself.
 *
 * Every server is https. Plain http is a fallback only for this machine and with `insecure`. The options for certificates
 * hold for all servers, as those of skopeo do.
 *
 * @param domain the domain of image names, such as `docker.io` or `localhost:5000`
 * @throws LayersError ERR_LAYERS_USAGE for a name that is not a host, ERR_LAYERS_CREDENTIALS for certificates that
 *   cannot be used
 */
export function registryHosts(domain: string, options: HostOptions): readonly RegistryHost[] {
  const server = domain === DOCKER_HUB ? DOCKER_HUB_SERVER : domain;
  const registry: RegistryHost = {
    domain,
    credentialsDomain: domain,
    ...originsOf({ scheme: null, host: server, prefix: '' }, options),
    prefix: '',
    isMirror: false,
    tls: tlsFor([domain, server], options),
  };
  const mirrors = (options.mirrors ?? []).map((text): RegistryHost => {
    const mirror = parseMirror(text);
    return {
      domain,
      credentialsDomain: mirror.host,
      ...originsOf(mirror, options),
      prefix: mirror.prefix,
      isMirror: true,
      tls: tlsFor([mirror.host], options),
    };
  });
  return [...mirrors, registry];
}

function originsOf(
  { scheme, host }: Mirror,
  { insecure = false }: HostOptions,
): Pick<RegistryHost, 'origin' | 'httpFallback'> {
  const http = hostUrl('http', host);
  const mayUseHttp = insecure || isLoopback(http.hostname);
  if (scheme !== 'http') {
    return { origin: hostUrl('https', host).origin, httpFallback: mayUseHttp ? http.origin : null };
  }
  if (mayUseHttp) return { origin: http.origin, httpFallback: null };
  throw new LayersError('ERR_LAYERS_USAGE', `the mirror ${http.origin} would be used without TLS`, {
    hint: 'use https, or allow insecure registries',
  });
}

function tlsFor(names: readonly string[], options: HostOptions): RegistryTls {
  const { insecure = false, caFile, certFile, keyFile } = options;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new LayersError(
      'ERR_LAYERS_USAGE',
      'a client certificate needs both its file and that of its key',
      {
        hint: 'name both files',
      },
    );
  }
  const found = certificatesFor(names, options);
  const ca = [...found.ca, ...(caFile === undefined ? [] : [readAuthority(caFile)])];
  const client =
    certFile === undefined || keyFile === undefined ? found.client : readClientCertificate(certFile, keyFile);
  return { ...(ca.length === 0 ? {} : { ca }), ...client, rejectUnauthorized: !insecure };
}

/** Uses the first directory that exists, as podman does. */
function certificatesFor(names: readonly string[], options: HostOptions): Certificates {
  const { certDir, certsDirectories = defaultDirectories(options) } = options;
  if (certDir !== undefined) {
    const found = readCertificateDirectory(certDir);
    if (found !== null) return found;
    throw new LayersError('ERR_LAYERS_CREDENTIALS', `cannot read the directory ${certDir}`, {
      hint: 'check the path and its permissions',
    });
  }
  for (const directory of certsDirectories) {
    for (const name of names) {
      const found = readCertificateDirectory(join(directory, name));
      if (found !== null) return found;
    }
  }
  return { ca: [], client: null };
}

function defaultDirectories({ env, homeDirectory }: HostOptions): readonly string[] {
  const configDirectory = env['XDG_CONFIG_HOME'] || join(homeDirectory, '.config');
  return [
    join(homeDirectory, '.config', 'containers', 'certs.d'),
    '/etc/containers/certs.d',
    // Where rootless docker has them.
    join(configDirectory, 'docker', 'certs.d'),
    '/etc/docker/certs.d',
  ];
}
