import type { Digest } from '@layers/core/digest';
import { isIndex } from '@layers/core/oci';
import type { ExistingLayer, NewImage, NewIndex } from '@layers/rewrite/image';
import type { CopySource } from './copy-graph.js';
import { type GraphArchive, graphImages } from './graph-images.js';
import type { GraphManifest, ImageGraph, PlatformChoice } from './image-graph.js';
import { readConfig } from './read-config.js';

/**
 * Returns the images of a registry for a writer, as `graphImages` does. If all platforms were asked for, they have the index
 * of the registry, so that it is written byte for byte.
 *
 * @throws LayersError as `graphImages`, and the errors of reading configs
 */
export async function graphImagesWithIndex(
  described: GraphArchive,
  { all = false }: Pick<PlatformChoice, 'all'>,
): Promise<readonly NewImage[]> {
  const { graph, archive } = described;
  const images = graphImages(described);
  if (!all || !isIndex(graph.root.mediaType)) return images;
  const digests = new Set(archive.images.flatMap(({ manifestDigest }) => manifestDigest ?? []));
  const index = await originalIndex(graph, digests);
  return images.map((image) => ({ ...image, index }));
}

/**
 * Returns the index of an image for a writer, byte for byte, with what it has beside images: nested indexes and
 * attestations. Layers are read when they are written; the writer checks their digests.
 *
 * @param images the digests of the manifests that the writer gets as images
 * @throws LayersError the errors of reading configs
 */
export async function originalIndex(
  graph: CopySource & Pick<ImageGraph, 'root'>,
  images: ReadonlySet<Digest>,
): Promise<NewIndex> {
  const attached: NewImage[] = [];
  for (const manifest of graph.manifests)
    if (!images.has(manifest.digest)) attached.push(await attachedManifest(graph, manifest));
  return {
    original: graph.root,
    nested: graph.indexes.filter(({ digest }) => digest !== graph.root.digest),
    attached,
  };
}

async function attachedManifest(
  { repository }: Pick<CopySource, 'repository'>,
  { document, bytes, mediaType }: GraphManifest,
): Promise<NewImage> {
  const config = await readConfig(repository, document.config);
  return {
    layers: document.layers.map(
      ({ digest, size, mediaType: type }): ExistingLayer => ({
        kind: 'existing',
        digest,
        sizeBytes: size,
        // It is stored as it is, whatever it contains.
        diffId: digest,
        mediaType: type,
        source: null,
        chunks: () => repository.blob({ digest, size }, { freesMemory: true }),
      }),
    ),
    config: () => config,
    manifest: { bytes, mediaType },
    tags: [],
    platform: null,
    annotations: new Map(),
  };
}
