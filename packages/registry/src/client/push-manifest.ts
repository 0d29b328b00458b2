import { repositoryScope } from '../auth/scope.js';
import { bytesBody } from '../http/http-message.js';
import { statusError, wrongAnswer } from '../registry-error.js';
import type { Connection } from './connection.js';
import type { ManifestPlace } from './fetch-manifest.js';
import type { ManifestBytes } from './manifest-bytes.js';
import type { PushedManifest } from './repository.js';

/**
 * Pushes a manifest under a tag or its digest. Its blobs must be there.
 *
 * @throws LayersError ERR_LAYERS_REGISTRY_WRITE, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS
 */
export async function pushManifest(
  connection: Connection,
  { path, reference, name }: ManifestPlace,
  { bytes, mediaType, digest }: ManifestBytes,
): Promise<PushedManifest> {
  const place = { host: connection.name, what: `the manifest of ${name}`, isWrite: true };
  const response = await connection.send({
    method: 'PUT',
    target: `/v2/${path}/manifests/${reference}`,
    path,
    scopes: [repositoryScope(path, 'pull', 'push')],
    headers: { 'content-type': mediaType },
    body: bytesBody(bytes),
    place,
  });
  if (response.status !== 201 && response.status !== 200) throw await statusError(place, response);
  response.discard();
  const stored = response.header('docker-content-digest');
  // A registry that converts manifests gives the tag another content than was pushed.
  if (stored !== undefined && stored !== digest && stored.split(':')[0] === digest.split(':')[0])
    throw wrongAnswer(place, `the registry stored it as ${stored}, not as ${digest}`);
  return { hasReferrers: response.header('oci-subject') !== undefined };
}
