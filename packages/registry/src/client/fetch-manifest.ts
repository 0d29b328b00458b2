import { computableAlgorithmOf, type Digest, digestOf, isDigest } from '@layers/core/digest';
import {
  DOCKER_INDEX,
  DOCKER_MANIFEST,
  isIndex,
  isManifest,
  MAX_JSON_BYTES,
  OCI_INDEX,
  OCI_MANIFEST,
  parseJson,
} from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import { repositoryScope } from '../auth/scope.js';
import type { HttpMethod, HttpResponse } from '../http/http-message.js';
import { fieldOf, type RequestPlace, requestError, statusError, wrongAnswer } from '../registry-error.js';
import type { Connection } from './connection.js';
import type { ManifestBytes } from './manifest-bytes.js';

/** A registry converts a manifest that the client does not accept, so that its digest changes. */
const ACCEPT = [OCI_INDEX, DOCKER_INDEX, OCI_MANIFEST, DOCKER_MANIFEST, '*/*;q=0.5'].join(', ');

/** A manifest in a repository. */
export interface ManifestPlace {
  readonly path: string;
  /** A tag or a digest. */
  readonly reference: string;
  /** The name for messages, such as `ghcr.io/app:1`. */
  readonly name: string;
}

/**
 * Fetches a manifest or an index, and checks its digest where the reference or the registry states one.
 *
 * @returns null where the registry does not have it
 * @throws LayersError ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS, ERR_LAYERS_BLOB_MISMATCH
 */
export async function fetchManifest(
  connection: Connection,
  manifest: ManifestPlace,
): Promise<ManifestBytes | null> {
  const place = placeOf(connection, manifest);
  const retries = connection.retries();
  for (;;) {
    try {
      const response = await request(connection, manifest, 'GET', place);
      if (response === null) return null;
      if (response === 'unsupported') throw wrongAnswer(place, 'the registry sends no manifests');
      const bytes = await response.bytes(MAX_JSON_BYTES);
      if (bytes === null) throw wrongAnswer(place, `the manifest has more than ${MAX_JSON_BYTES} bytes`);
      return checkedManifest(bytes, response, manifest, place);
    } catch (error) {
      const final = requestError(place, error);
      if (!connection.isTransient(error) || !(await retries.next())) throw final;
    }
  }
}

/**
 * Returns the digest of a manifest without fetching it; null where the registry does not have it, or does not say. Throws
 * what `fetchManifest` does.
 */
export async function fetchManifestDigest(
  connection: Connection,
  manifest: ManifestPlace,
): Promise<
  { readonly digest: Digest; readonly size: number | null; readonly mediaType: string } | 'unknown' | null
> {
  const place = placeOf(connection, manifest);
  const response = await request(connection, manifest, 'HEAD', place);
  if (response === null) return null;
  if (response === 'unsupported') return 'unknown';
  response.discard();
  const digest = response.header('docker-content-digest');
  if (digest === undefined || !isDigest(digest)) return 'unknown';
  const length = response.header('content-length');
  return {
    digest,
    size: length === undefined ? null : Number(length),
    mediaType: response.header('content-type') ?? '',
  };
}

/** Returns null for a manifest that does not exist, and `unsupported` where the registry refuses `HEAD`. */
async function request(
  connection: Connection,
  { path, reference }: ManifestPlace,
  method: HttpMethod,
  place: RequestPlace,
): Promise<HttpResponse | 'unsupported' | null> {
  const response = await connection.send({
    method,
    target: `/v2/${path}/manifests/${reference}`,
    path,
    scopes: [repositoryScope(path, 'pull')],
    headers: { accept: ACCEPT },
    place,
  });
  if (response.status === 404) {
    response.discard();
    return null;
  }
  if (method === 'HEAD' && response.status === 405) {
    response.discard();
    return 'unsupported';
  }
  if (response.status !== 200) throw await statusError(place, response);
  return response;
}

function placeOf(connection: Connection, { name }: ManifestPlace): RequestPlace {
  return { host: connection.name, what: `the manifest of ${name}`, isWrite: false };
}

function checkedManifest(
  bytes: Uint8Array,
  response: HttpResponse,
  { reference, name }: ManifestPlace,
  place: RequestPlace,
): ManifestBytes {
  const wanted = isDigest(reference) ? reference : null;
  const stated = response.header('docker-content-digest');
  const claimed = wanted ?? (stated !== undefined && isDigest(stated) ? stated : null);
  const algorithm = claimed === null ? 'sha256' : computableAlgorithmOf(claimed);
  if (algorithm === null) throw wrongAnswer(place, `the digest ${claimed} cannot be checked`);
  const digest = digestOf(bytes, algorithm);
  if (claimed !== null && digest !== claimed) {
    throw new LayersError(
      'ERR_LAYERS_BLOB_MISMATCH',
      `the manifest of ${name} has the digest ${digest}, not ${claimed}`,
      {
        hint: 'the registry or a proxy changes manifests, or the manifest is damaged',
      },
    );
  }
  return { bytes, mediaType: mediaTypeOf(bytes, response, place), digest };
}

/**
 * Returns the media type of a manifest. The one in the document counts: the header is not covered by the digest
 * (CVE-2021-41190).
 */
function mediaTypeOf(bytes: Uint8Array, response: HttpResponse, place: RequestPlace): string {
  const document = parseManifestJson(bytes, place);
  const stated = fieldOf(document, 'mediaType');
  if (typeof stated === 'string' && stated !== '') return stated;
  const header = (response.header('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (isIndex(header) || isManifest(header)) return header;
  if (fieldOf(document, 'manifests') !== undefined) return OCI_INDEX;
  if (fieldOf(document, 'config') !== undefined) return OCI_MANIFEST;
  if (fieldOf(document, 'fsLayers') !== undefined) {
    throw wrongAnswer(place, 'the registry has only a manifest of schema 1, which Docker no longer uses');
  }
  throw wrongAnswer(place, 'the response is not a manifest');
}

/** A proxy or a portal answers with a page in place of a manifest. */
function parseManifestJson(bytes: Uint8Array, place: RequestPlace): unknown {
  try {
    return parseJson(bytes, 'the response');
  } catch (error) {
    if (isLayersError(error)) throw wrongAnswer(place, error.message, error);
    throw error;
  }
}
