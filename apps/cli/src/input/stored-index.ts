import type { Digest } from '@layers/core/digest';
import { isAttestation, isImageManifest } from '@layers/core/oci';
import type { LayoutGraph } from '@layers/registry/copy';
import type { NewIndex } from '@layers/rewrite/image';
import { type FoundImage, findImage, openStoredArchive } from '@layers/store/images';
import type { Store } from '@layers/store/layout';
import type { Lease } from '@layers/store/lease';

/** An index of the store, and the images in it that the store has. */
export interface StoredIndex {
  readonly graph: LayoutGraph;
  readonly images: readonly FoundImage[];
}

/**
 * Reads an index of the store, and pins everything below it.
 *
 * @param image one of its images
 */
export async function storedIndex(
  store: Store,
  digest: Digest,
  image: FoundImage,
  lease: Lease,
): Promise<StoredIndex> {
  const { layoutGraph } = await import('@layers/registry/copy');
  const { reader } = await openStoredArchive(store, [image]);
  const graph = layoutGraph(reader, digest);
  const documents = [...graph.manifests, ...graph.indexes].map((document) => document.digest);
  const blobs = graph.manifests.flatMap(({ document: { config, layers } }) => [config, ...layers]);
  lease.pin([...documents, ...blobs.map((blob) => blob.digest)]);
  const attestations = new Set(graph.present.filter(isAttestation).map((listed) => listed.digest));
  const images = graph.manifests
    .filter((manifest) => isImageManifest(manifest.document) && !attestations.has(manifest.digest))
    .map((manifest) => findImage(store, manifest.digest));
  return { graph, images };
}

/** Returns the index for a writer, byte for byte. */
export async function storedIndexAsIs({ graph, images }: StoredIndex): Promise<NewIndex> {
  const { originalIndex } = await import('@layers/registry/copy');
  return originalIndex(graph, new Set(images.map(({ manifestDigest }) => manifestDigest)));
}
