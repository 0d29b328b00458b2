import type { Digest } from '@layers/core/digest';
import { createFinding, type Finding } from '@layers/core/findings';
import {
  type Archive,
  blobName,
  createUsage,
  keptLayer,
  type LayerBytes,
  type LayerCache,
  type Limits,
  layerOfToc,
  layerOfZtoc,
  type RemoteLayer,
  type RemoteReading,
  streamedLayer,
} from '@layers/core/image';
import { atOnce } from '@layers/core/io';
import type { Descriptor } from '@layers/core/oci';
import { InvalidToc } from '@layers/core/toc';
import { describeGraph } from '../copy/graph-images.js';
import { type GraphManifest, type ImageGraph, registryPath } from '../copy/image-graph.js';
import { declaredBy } from './declared-finding.js';
import { fetchToc } from './fetch-toc.js';
import { fetchZtoc } from './fetch-ztoc.js';
import type { KnownLayers } from './known-layers.js';
import { remoteLayer } from './remote-blob.js';
import { findSociIndex, namesSociIndex, type SociIndex } from './soci-index.js';

/** More would only share the same line. */
const CONCURRENT_LAYERS = 3;

/** For smaller layers, the referrers of an image are not requested: these layers usually have no index of SOCI. */
const LEAST_REFERRED_BYTES = 1024 * 1024;

/** Smaller layers are not in the cache, and come with one request. */
const LEAST_KEPT_BYTES = 4 * 1024;

export interface LazyOptions {
  /** The name of the image in documents and errors. */
  readonly path?: string | undefined;
  readonly cache?: LayerCache | undefined;
  readonly limits?: Limits | undefined;
  /** Whether contents are read after the layers. */
  readonly contents?: boolean | undefined;
  /** Absent where no contents are compared. */
  readonly comparing?: Comparing | undefined;
  /** Whether layers are read whose files are not known otherwise; if not, very small ones are if all others are known. Default: true. */
  readonly streams?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { readonly doneBytes: number; readonly totalBytes: number }) => void)
    | undefined;
}

/** How contents of an image are compared with each other, or with those of another image. */
export interface Comparing {
  /** The layers that both images have. Contents of other layers need fingerprints, so that no TOC is enough for them. */
  readonly shared: ReadonlySet<Digest>;
  /** The layers of the images that were opened with the same map, which are not read again. */
  readonly known: KnownLayers;
  /** The key of the fingerprints of the other image. Default: that of the cache. */
  readonly fingerprintKey?: Archive['fingerprintKey'] | undefined;
}

/**
 * Opens an image of a registry without reading layers whose files are known: from the cache, or from a TOC whose digest the
 * manifest declares. Reads each other layer once, from its start to its end. Contents are then read by ranges.
 *
 * A finding names each layer whose files are only declared. Null where a layer must be read, and none may be.
 *
 * @throws LayersError as `describeGraph` and `Repository.blob`, and ERR_LAYERS_LIMIT
 */
export async function openLazily(
  graph: ImageGraph,
  options: LazyOptions & { readonly streams: false },
): Promise<Archive | null>;
export async function openLazily(
  graph: ImageGraph,
  options: LazyOptions & { readonly streams?: true },
): Promise<Archive>;
export async function openLazily(graph: ImageGraph, options: LazyOptions): Promise<Archive | null> {
  const { path = registryPath(graph), limits, signal, onProgress, contents = false } = options;
  const { comparing, streams = true } = options;
  const ownKey = comparing?.fingerprintKey;
  // What the cache has are fingerprints of its own key.
  const cache = ownKey === undefined ? options.cache : undefined;
  const described = await describeGraph(graph, path);
  const diffIds = new Map<string, Digest | null>();
  for (const { layers } of described.archive.images)
    for (const { name, diffId } of layers) diffIds.set(name, diffId);
  const layers = new Map<string, LayerBytes>();
  const findings = new Map<Digest, Finding>();
  let doneBytes = 0;
  let totalBytes = 0;
  const remoteOf = (descriptor: Descriptor): RemoteLayer => {
    const remote = remoteLayer(graph, descriptor, diffIds.get(blobName(descriptor.digest)) ?? null);
    return {
      ...remote,
      async *stored() {
        totalBytes += descriptor.size;
        for await (const chunk of remote.stored()) {
          signal?.throwIfAborted();
          doneBytes += chunk.length;
          onProgress?.({ doneBytes, totalBytes });
          yield chunk;
        }
      },
    };
  };
  const reading: RemoteReading = {
    // Fingerprints of one key can be compared.
    fingerprintKey: ownKey ?? cache?.fingerprintKey ?? described.archive.fingerprintKey,
    cache,
    limits,
    contents,
    usage: createUsage(),
  };
  const soci = new SociIndexes(graph);
  const declaredLayer = async (
    image: GraphManifest,
    descriptor: Descriptor,
    remote: RemoteLayer,
  ): Promise<LayerBytes | null> => {
    if (comparing !== undefined && !comparing.shared.has(descriptor.digest)) return null;
    const toc = await fetchToc(descriptor, remote.blob, options.cache);
    if (toc !== null) {
      findings.set(descriptor.digest, declaredBy(toc.format, descriptor.digest));
      return layerOfToc(toc, remote, reading);
    }
    const found = await soci.find(image, descriptor);
    // A small layer is read in the time in which its index is.
    if (found === null || found.ztoc.size > descriptor.size * 2) return null;
    const ztoc = await fetchZtoc(graph.repository, found.ztoc, descriptor.size, options.cache);
    findings.set(
      descriptor.digest,
      declaredBy(found.isDeclared ? 'soci' : 'soci-referrer', descriptor.digest),
    );
    return layerOfZtoc(ztoc, remote, reading);
  };
  const read = async (image: GraphManifest, descriptor: Descriptor): Promise<LayerBytes | null> => {
    const remote = remoteOf(descriptor);
    const kept = keptLayer(remote, reading);
    if (kept !== null) return kept;
    try {
      const declared = await declaredLayer(image, descriptor, remote);
      if (declared !== null) return declared;
    } catch (error) {
      if (!(error instanceof InvalidToc)) throw error;
      findings.set(descriptor.digest, unusable(error, descriptor.digest));
    }
    return streams ? streamedLayer(remote, reading) : null;
  };
  const wanted = new Map<string, { readonly image: GraphManifest; readonly layer: Descriptor }>();
  for (const image of graph.manifests)
    for (const layer of image.document.layers)
      if (!graph.absentLayers.has(layer.digest)) wanted.set(blobName(layer.digest), { image, layer });
  await atOnce(wanted, CONCURRENT_LAYERS, async ([name, { image, layer }]) => {
    const known = comparing?.known.get(layer.digest);
    const bytes = known?.layer ?? (await read(image, layer));
    if (bytes === null) return;
    layers.set(name, bytes);
    if (known === undefined)
      comparing?.known.set(layer.digest, { layer: bytes, finding: findings.get(layer.digest) });
    else if (known.finding !== undefined) findings.set(layer.digest, known.finding);
  });
  const missing = [...wanted].filter(([name]) => !layers.has(name));
  if (missing.some(([, { layer }]) => layer.size >= LEAST_KEPT_BYTES)) return null;
  await atOnce(missing, CONCURRENT_LAYERS, async ([name, { layer }]) => {
    layers.set(name, await streamedLayer(remoteOf(layer), reading));
  });
  options.cache?.settle();
  const inOrder = [...wanted.values()].flatMap(({ layer }) => findings.get(layer.digest) ?? []);
  return { ...described.withLayers(layers, inOrder), fingerprintKey: reading.fingerprintKey };
}

/** Finds the index of SOCI of each image once, and only where a layer needs it. */
class SociIndexes {
  readonly #graph: ImageGraph;
  readonly #found = new Map<Digest, Promise<SociIndex | null>>();

  constructor(graph: ImageGraph) {
    this.#graph = graph;
  }

  async find(image: GraphManifest, { digest, size }: Descriptor) {
    if (!namesSociIndex(image) && size < LEAST_REFERRED_BYTES) return null;
    const found = this.#found.get(image.digest) ?? findSociIndex(this.#graph.repository, image);
    this.#found.set(image.digest, found);
    const index = await found;
    const ztoc = index?.ztocs.get(digest);
    return index === null || ztoc === undefined ? null : { ztoc, isDeclared: index.isDeclared };
  }
}

function unusable({ message }: InvalidToc, digest: Digest): Finding {
  return createFinding('toc-mismatch', `the table of contents of a layer cannot be used: ${message}`, {
    digest,
  });
}
