import type { Digest } from '@layers/core/digest';
import { atOnce } from '@layers/core/io';
import { isIndex, isNonDistributable, parseJson, parseManifest } from '@layers/core/oci';
import type { ManifestBytes } from '../client/manifest-bytes.js';
import type { BlobOptions, Repository } from '../client/repository.js';
import { blobsOf, type ImageGraph } from './image-graph.js';
import { CONCURRENT_BLOBS, count, type PushCounts, type PushOptions } from './push-images.js';
import { TransferProgress } from './transfer-progress.js';

/** How to copy. */
export type CopyOptions = Pick<PushOptions, 'onProgress' | 'onFailure' | 'mountFrom'>;

/** Where the blobs of an image are read: a repository, or the files of a layout. */
export interface BlobSource {
  /** The registry and the repository, from which another repository of it can take blobs; null for files. */
  readonly domain: string | null;
  readonly path: string;
  /** Reads a blob from a position, and checks its digest if it is read from the start. */
  blob(
    blob: { readonly digest: Digest; readonly size: number },
    options?: Pick<BlobOptions, 'from' | 'freesMemory'>,
  ): AsyncIterable<Uint8Array>;
}

/** What is copied: the documents of an image, and where its blobs are read. */
export interface CopySource extends Pick<ImageGraph, 'manifests' | 'indexes' | 'absentLayers'> {
  readonly repository: BlobSource;
}

/** A copied image. */
export interface CopiedGraph {
  /** The digest of what the tag names now. */
  readonly digest: Digest;
  readonly mediaType: string;
  readonly manifests: number;
  readonly blobs: PushCounts;
}

/**
 * Copies an image from one registry to another, or within one: every manifest, config and layer byte for byte. Nothing
 * is stored on this machine. Blobs of the same registry are not transferred.
 *
 * @param root what the tag names afterwards: the index with all platforms, or one manifest
 * @param reference the tag, or the digest of `root`
 * @throws LayersError ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_WRITE, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS,
 *   ERR_LAYERS_BLOB_MISMATCH
 */
export async function copyGraph(
  graph: CopySource,
  root: ManifestBytes,
  target: Repository,
  reference: string,
  options: CopyOptions = {},
): Promise<CopiedGraph> {
  const source = graph.repository;
  const blobs = [...blobsOf(graph.manifests)]
    .filter(({ mediaType }) => !isNonDistributable(mediaType))
    .sort((a, b) => b.size - a.size);
  const counts: PushCounts = { uploaded: 0, uploadedBytes: 0, mounted: 0, existing: 0 };
  const progress = new TransferProgress(blobs, options.onProgress);
  const isNear = source.domain === target.domain && source.path !== target.path;
  const mountFrom = isNear ? [source.path] : (options.mountFrom ?? []);
  await atOnce(
    blobs,
    CONCURRENT_BLOBS,
    async (blob) => {
      const result = await target.pushBlob({
        digest: blob.digest,
        size: blob.size,
        open: (position) => source.blob(blob, { from: position, freesMemory: true }),
        mountFrom,
        onProgress: (bytes) => progress.update(blob.digest, bytes),
      });
      count(counts, result, blob.size);
      progress.update(blob.digest, blob.size);
    },
    options.onFailure,
  );
  // Registries refuse an index before its manifests.
  for (const manifest of [...graph.manifests, ...graph.indexes]) {
    if (manifest.digest !== root.digest) await pushDocument(target, manifest.digest, manifest);
  }
  await pushDocument(target, reference, root);
  const { digest, mediaType } = root;
  return { digest, mediaType, manifests: graph.manifests.length, blobs: counts };
}

/**
 * Pushes a manifest or an index. Lists a manifest with a subject among the referrers of the subject, where the registry
 * does not do that itself (distribution-spec, "Pushing Manifests with Subject").
 */
async function pushDocument(target: Repository, reference: string, document: ManifestBytes): Promise<void> {
  const { hasReferrers } = await target.pushManifest(reference, document);
  if (hasReferrers || isIndex(document.mediaType)) return;
  const { digest, bytes, mediaType } = document;
  const manifest = parseManifest(parseJson(bytes, digest), digest);
  if (manifest.subject === undefined) return;
  const annotations = Object.fromEntries(manifest.annotations);
  await target.addReferrer(manifest.subject.digest, {
    mediaType,
    digest,
    size: bytes.length,
    artifactType: manifest.artifactType ?? manifest.config.mediaType,
    ...(manifest.annotations.size === 0 ? {} : { annotations }),
  });
}
