import type { Digest } from '@layers/core/digest';
import { repositoryScope } from '../auth/scope.js';
import { statusError } from '../registry-error.js';
import type { Connection } from './connection.js';

/** Whether a repository has a blob. Throws ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS. */
export async function hasBlob(connection: Connection, path: string, digest: Digest): Promise<boolean> {
  // Some registries refuse HEAD: the body of GET is not read then.
  return (
    (await ask(connection, path, digest, 'HEAD')) ?? (await ask(connection, path, digest, 'GET')) ?? false
  );
}

/** Returns null where the registry does not support the method. */
async function ask(
  connection: Connection,
  path: string,
  digest: Digest,
  method: 'HEAD' | 'GET',
): Promise<boolean | null> {
  const place = { host: connection.name, what: `the blob ${digest}`, isWrite: false };
  const response = await connection.send({
    method,
    target: `/v2/${path}/blobs/${digest}`,
    path,
    scopes: [repositoryScope(path, 'pull')],
    place,
  });
  if (response.status !== 200 && response.status !== 404 && response.status !== 405)
    throw await statusError(place, response);
  response.discard();
  return response.status === 405 ? null : response.status === 200;
}
