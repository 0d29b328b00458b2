import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import { fieldOf } from './json.js';

/** What a context of the docker command says of its engine. */
export interface ContextEndpoint {
  /** As `DOCKER_HOST` would spell it. */
  readonly host: string;
  /** Where its certificates are; null where it has none and needs none. */
  readonly tlsFolder: string | null;
  readonly skipVerify: boolean;
}

/**
 * The context that `DOCKER_CONTEXT`, else `currentContext` of docker's `config.json`, names; null for the default one,
 * which has no documents.
 *
 * @param folder where docker keeps its `config.json`
 * @throws LayersError ERR_LAYERS_DAEMON where a context is named that cannot be read
 */
export function readContextEndpoint(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): ContextEndpoint | null {
  const name = env['DOCKER_CONTEXT'] || currentContext(join(folder, 'config.json'));
  if (name === null || name === 'default') return null;
  // Docker files contexts under the hash of their names.
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(folder, 'contexts', 'meta', id, 'meta.json');
  const docker = fieldOf(fieldOf(documentAt(path, name), 'Endpoints'), 'docker');
  const host = fieldOf(docker, 'Host');
  if (typeof host !== 'string' || host === '') {
    throw unreadable(name, path, 'names no Docker Engine', undefined);
  }
  const skipVerify = fieldOf(docker, 'SkipTLSVerify') === true;
  const tlsFolder = join(folder, 'contexts', 'tls', id, 'docker');
  return { host, skipVerify, tlsFolder: existsSync(tlsFolder) ? tlsFolder : null };
}

/** A `config.json` that cannot be read says nothing, as it does for docker. */
function currentContext(path: string): string | null {
  try {
    const name = fieldOf(JSON.parse(readFileSync(path, 'utf8')), 'currentContext');
    return typeof name === 'string' && name !== '' ? name : null;
  } catch {
    return null;
  }
}

function documentAt(path: string, name: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const missing = systemCode(cause) === 'ENOENT';
    throw unreadable(name, path, missing ? 'is not there' : 'cannot be read', cause);
  }
}

function unreadable(name: string, path: string, what: string, cause: unknown): LayersError {
  return new LayersError('ERR_LAYERS_DAEMON', `docker's context ${JSON.stringify(name)} ${what}`, {
    archive: path,
    cause,
    hint: 'docker context ls lists the contexts; DOCKER_HOST names an engine without one',
  });
}
