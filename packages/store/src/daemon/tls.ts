import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '@layers/core/io';
import { LayersError } from '@layers/errors';

/** The options of `node:tls` for a Docker Engine; certificates and keys are PEM text. */
export interface DaemonTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
}

/**
 * Reads those certificates of a directory that exist, by docker's names: `ca.pem`, `cert.pem`, `key.pem`.
 *
 * @param directory null for no certificates
 * @throws LayersError ERR_LAYERS_DAEMON for a file that cannot be read
 */
export function readTls(
  directory: string | null,
  { skipVerify }: { readonly skipVerify: boolean },
): DaemonTls {
  const read = (name: string) => (directory === null ? undefined : readIfPresent(join(directory, name)));
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: !skipVerify,
  };
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new LayersError('ERR_LAYERS_DAEMON', `cannot read the certificate ${path}`, {
      cause,
      hint: 'check DOCKER_CERT_PATH, and that the file is readable',
    });
  }
}
