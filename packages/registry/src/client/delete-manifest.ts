import { isDigest } from '@layers/core/digest';
import { repositoryScope } from '../auth/scope.js';
import { statusError } from '../registry-error.js';
import type { Connection } from './connection.js';
import type { ManifestPlace } from './fetch-manifest.js';
import type { Deletion } from './repository.js';

/** The statuses with which registries refuse to delete by tag: UNSUPPORTED, and DIGEST_INVALID of old registries. */
const REFUSES_TAGS: ReadonlySet<number> = new Set([400, 405]);

/**
 * Deletes a tag, or by digest a manifest with all its tags.
 *
 * @throws LayersError ERR_LAYERS_REGISTRY_WRITE, also where the registry allows no deletion; ERR_LAYERS_REGISTRY_AUTH,
 *   ERR_LAYERS_CREDENTIALS
 */
export async function deleteManifest(
  connection: Connection,
  { path, reference, name }: ManifestPlace,
): Promise<Deletion> {
  const place = { host: connection.name, what: `delete ${name}`, isWrite: true };
  const response = await connection.send({
    method: 'DELETE',
    target: `/v2/${path}/manifests/${reference}`,
    path,
    scopes: [repositoryScope(path, 'pull', 'delete')],
    place,
  });
  if (response.status === 404) {
    response.discard();
    return 'missing';
  }
  if (REFUSES_TAGS.has(response.status) && !isDigest(reference)) {
    response.discard();
    return 'by-digest-only';
  }
  if (response.status !== 202 && response.status !== 200 && response.status !== 204)
    throw await statusError(place, response);
  response.discard();
  return 'deleted';
}
