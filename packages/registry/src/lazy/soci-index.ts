import { type Digest, isDigest } from '@layers/core/digest';
import { type Descriptor, type Manifest, parseJson, parseManifest } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import type { Repository } from '../client/repository.js';
import type { GraphManifest } from '../copy/image-graph.js';

/** The indexes of the layers of an image, by the digests of the layers. */
export interface SociIndex {
  readonly ztocs: ReadonlyMap<Digest, Descriptor>;
  /** Whether the manifest of the image has its digest; else it only refers to the image. */
  readonly isDeclared: boolean;
}

/** An image names its index of version 2; an index of version 1 names its image (soci-snapshotter, docs). */
const INDEX_DIGEST = 'com.amazon.soci.index-digest';
const LAYER_DIGEST = 'com.amazon.soci.image-layer-digest';
const INDEX_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.amazon.soci.index.v1+json',
  'application/vnd.amazon.soci.index.v2+json',
]);

/** Whether the manifest of an image has the digest of its index. */
export function namesSociIndex({ document }: GraphManifest): boolean {
  return document.annotations.has(INDEX_DIGEST);
}

/**
 * Finds the index that SOCI has of an image; null where there is none. Asks for the referrers only where the manifest names no
 * index. Throws as `Repository.findManifest`.
 */
export async function findSociIndex(repository: Repository, image: GraphManifest): Promise<SociIndex | null> {
  const declared = image.document.annotations.get(INDEX_DIGEST);
  if (declared !== undefined && isDigest(declared)) {
    const ztocs = await ztocsOf(repository, declared);
    return ztocs === null ? null : { ztocs, isDeclared: true };
  }
  for (const { digest, descriptor } of await referrersOf(repository, image.digest)) {
    const type = 'artifactType' in descriptor ? descriptor['artifactType'] : undefined;
    if (typeof type !== 'string' || !INDEX_TYPES.has(type)) continue;
    const ztocs = await ztocsOf(repository, digest);
    if (ztocs !== null) return { ztocs, isDeclared: false };
  }
  return null;
}

/** Returns no referrers where the registry cannot list them: the layers are then read. */
async function referrersOf(repository: Repository, digest: Digest) {
  try {
    return (await repository.referrers(digest)).manifests;
  } catch (error) {
    if (isLayersError(error) && error.code === 'ERR_LAYERS_REGISTRY') return [];
    throw error;
  }
}

async function ztocsOf(repository: Repository, digest: Digest): Promise<SociIndex['ztocs'] | null> {
  const found = await repository.findManifest(digest);
  const manifest = found === null ? null : parsed(found.bytes, digest);
  if (manifest === null || !INDEX_TYPES.has(manifest.config.mediaType)) return null;
  const ztocs = new Map<Digest, Descriptor>();
  for (const descriptor of manifest.layers) {
    const layer = descriptor.annotations.get(LAYER_DIGEST);
    if (layer !== undefined && isDigest(layer)) ztocs.set(layer, descriptor);
  }
  return ztocs;
}

function parsed(bytes: Uint8Array, digest: Digest): Manifest | null {
  try {
    return parseManifest(parseJson(bytes, digest), digest);
  } catch (error) {
    if (isLayersError(error)) return null;
    throw error;
  }
}
