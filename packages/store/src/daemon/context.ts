import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import { fieldOf, parseJsonOrNull } from '../json-value.js';

/** The Docker Engine of a context of the docker command. */
export interface ContextEndpoint {
  /** In the syntax of `DOCKER_HOST`. */
  readonly host: string;
  /** The directory of its certificates; null if it has none. */
  readonly tlsDirectory: string | null;
  readonly skipVerify: boolean;
}

/**
 * Reads the context that `DOCKER_CONTEXT`, else `currentContext` of docker's `config.json`, names. Returns null for the
 * default context, which has no documents.
 *
 * @param directory the directory of docker's `config.json`
 * @throws LayersError ERR_LAYERS_DAEMON for a context that cannot be read
 */
export function readContextEndpoint(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): ContextEndpoint | null {
  const name = env['DOCKER_CONTEXT'] || currentContext(join(directory, 'config.json'));
  if (name === null || name === 'default') return null;
  // Docker names the directory of a context by the SHA-256 of its name.
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(directory, 'contexts', 'meta', id, 'meta.json');
  const docker = fieldOf(fieldOf(readDocument(path, name), 'Endpoints'), 'docker');
  const host = fieldOf(docker, 'Host');
  if (typeof host !== 'string' || host === '') {
    throw contextError(name, path, 'defines no Docker Engine', undefined);
  }
  const skipVerify = fieldOf(docker, 'SkipTLSVerify') === true;
  const tlsDirectory = join(directory, 'contexts', 'tls', id, 'docker');
  return { host, skipVerify, tlsDirectory: existsSync(tlsDirectory) ? tlsDirectory : null };
}

/** Ignores a `config.json` that cannot be read, as docker does. */
function currentContext(path: string): string | null {
  try {
    const name = fieldOf(parseJsonOrNull(readFileSync(path, 'utf8')), 'currentContext');
    return typeof name === 'string' && name !== '' ? name : null;
  } catch {
    return null;
  }
}

function readDocument(path: string, name: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const missing = systemCode(cause) === 'ENOENT';
    throw contextError(name, path, missing ? 'does not exist' : 'cannot be read', cause);
  }
}

function contextError(name: string, path: string, problem: string, cause: unknown): LayersError {
  return new LayersError('ERR_LAYERS_DAEMON', `docker's context ${JSON.stringify(name)} ${problem}`, {
    archive: path,
    cause,
    hint: 'docker context ls lists the contexts; DOCKER_HOST overrides them',
  });
}
