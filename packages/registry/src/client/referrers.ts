import { type Digest, digestOf } from '@layers/core/digest';
import { OCI_INDEX, parseIndex, parseJson } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import { repositoryScope } from '../auth/scope.js';
import { wrongAnswer } from '../registry-error.js';
import type { Connection } from './connection.js';
import { fetchManifest } from './fetch-manifest.js';
import { listPages } from './list-pages.js';
import type { ManifestBytes } from './manifest-bytes.js';
import { pushManifest } from './push-manifest.js';
import type { Referrer, Referrers } from './repository.js';

/**
 * Lists the manifests that refer to a manifest (distribution-spec, "Listing Referrers"): by the API of the registry, else by
 * the tag `sha256-<hex>`.
 *
 * @param name the name of the repository for messages
 * @throws LayersError ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS
 */
export async function listReferrers(
  connection: Connection,
  path: string,
  digest: Digest,
  name: string,
): Promise<Referrers> {
  const place = { host: connection.name, what: `the referrers of ${digest}`, isWrite: false };
  const list = {
    target: `/v2/${path}/referrers/${digest}`,
    path,
    scopes: [repositoryScope(path, 'pull')],
    place,
    field: 'manifests',
  };
  const items: unknown[] = [];
  let isApi = true;
  const pages = listPages(connection, list, () => {
    isApi = false;
  });
  for await (const page of pages) {
    if (items.length + page.length > MAX_REFERRERS)
      throw wrongAnswer(place, `the list has more than ${MAX_REFERRERS} entries`);
    items.push(...page);
  }
  if (isApi) return { manifests: referrersOf(items, place.what), isApi };
  const fallback = await fetchManifest(connection, tagPlace(path, digest, name));
  // GitLab's registry gives the subject itself for such a tag.
  if (fallback === null || fallback.mediaType !== OCI_INDEX) return { manifests: [], isApi };
  return { manifests: referrersOf(itemsOfIndex(fallback.bytes), place.what), isApi };
}

/**
 * Adds a manifest to the tag that lists the referrers of its subject, for a registry without the API. Reads the tag again
 * after writing: another client may have written it at the same time.
 *
 * @throws LayersError as `listReferrers`, and ERR_LAYERS_REGISTRY_WRITE
 */
export async function addReferrer(
  connection: Connection,
  path: string,
  subject: Digest,
  referrer: Readonly<Record<string, unknown>> & { readonly digest: Digest },
  name: string,
): Promise<void> {
  const place = tagPlace(path, subject, name);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const current = await fetchManifest(connection, place);
    const items = current?.mediaType === OCI_INDEX ? itemsOfIndex(current.bytes) : [];
    if (referrersOf(items, place.reference).some(({ digest }) => digest === referrer.digest)) return;
    await pushManifest(connection, place, indexOf([...items, referrer]));
  }
  const written = await fetchManifest(connection, place);
  const items = written === null ? [] : itemsOfIndex(written.bytes);
  if (referrersOf(items, place.reference).some(({ digest }) => digest === referrer.digest)) return;
  throw wrongAnswer(
    { host: connection.name, what: `the referrers of ${subject}`, isWrite: true },
    'other clients change the list all the time',
  );
}

const MAX_ATTEMPTS = 5;
/** They are all kept in memory. Large images have a few dozen. */
const MAX_REFERRERS = 10_000;

function tagPlace(path: string, digest: Digest, name: string) {
  const tag = digest.replace(':', '-').slice(0, 128);
  return { path, reference: tag, name: `${name}:${tag}` };
}

function indexOf(manifests: readonly unknown[]): ManifestBytes {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  return { bytes, mediaType: OCI_INDEX, digest: digestOf(bytes) };
}

function itemsOfIndex(bytes: Uint8Array): readonly unknown[] {
  const document: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return typeof document === 'object' &&
    document !== null &&
    'manifests' in document &&
    Array.isArray(document.manifests)
    ? document.manifests
    : [];
}

/** Returns the descriptors among the items; skips those that are invalid. */
function referrersOf(items: readonly unknown[], what: string): readonly Referrer[] {
  return items.flatMap((item) => {
    if (typeof item !== 'object' || item === null) return [];
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [item] }));
    try {
      const { manifests } = parseIndex(parseJson(index, what), what);
      return manifests.map(({ digest, mediaType, size }) => ({
        digest,
        mediaType,
        size,
        descriptor: { ...item },
      }));
    } catch (error) {
      if (isLayersError(error)) return [];
      throw error;
    }
  });
}
