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
  type RemoteLayer,
  type RemoteReading,
  streamedLayer,
} from '@layers/core/image';
import { atOnce } from '@layers/core/io';
import type { Descriptor } from '@layers/core/oci';
import { InvalidToc, type TocFormat } from '@layers/core/toc';
import { describeGraph } from '../copy/graph-images.js';
import { type ImageGraph, registryPath } from '../copy/image-graph.js';
import { fetchToc } from './fetch-toc.js';

/** More would only share the same line. */
const CONCURRENT_LAYERS = 3;

export interface LazyOptions {
  /** The name of the image in documents and errors. */
  readonly path?: string | undefined;
  readonly cache?: LayerCache | undefined;
  readonly limits?: Limits | undefined;
  /** Whether contents are read after the layers. */
  readonly contents?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { readonly doneBytes: number; readonly totalBytes: number }) => void)
    | undefined;
}

/**
 * Opens an image of a registry without reading layers whose files are known: from the cache, or from a TOC whose digest the
 * manifest declares. Reads each other layer once, from its start to its end. Contents are then read by ranges.
 *
 * A finding names each layer whose files are only declared.
 *
 * @throws LayersError as `describeGraph` and `Repository.blob`, and ERR_LAYERS_LIMIT
 */
export async function openLazily(graph: ImageGraph, options: LazyOptions): Promise<Archive> {
  const { path = registryPath(graph), cache, limits, signal, onProgress, contents = false } = options;
  const described = await describeGraph(graph, path);
  const diffIds = new Map<string, Digest | null>();
  for (const { layers } of described.archive.images)
    for (const { name, diffId } of layers) diffIds.set(name, diffId);
  const layers = new Map<string, LayerBytes>();
  const findings = new Map<Digest, Finding>();
  let doneBytes = 0;
  let totalBytes = 0;
  const remoteOf = ({ digest, size }: Descriptor): RemoteLayer => ({
    digest,
    diffId: diffIds.get(blobName(digest)) ?? null,
    size,
    blob: {
      name: `the layer ${digest}`,
      range: (from, to) => graph.repository.blob({ digest, size }, { from, to, checksDigest: false }),
    },
    async *stored() {
      totalBytes += size;
      for await (const chunk of graph.repository.blob({ digest, size }, { freesMemory: true })) {
        signal?.throwIfAborted();
        doneBytes += chunk.length;
        onProgress?.({ doneBytes, totalBytes });
        yield chunk;
      }
    },
  });
  const reading: RemoteReading = {
    // Fingerprints of one key can be compared.
    fingerprintKey: cache?.fingerprintKey ?? described.archive.fingerprintKey,
    cache,
    limits,
    contents,
    usage: createUsage(),
  };
  const read = async (descriptor: Descriptor): Promise<LayerBytes> => {
    const remote = remoteOf(descriptor);
    const kept = keptLayer(remote, reading);
    if (kept !== null) return kept;
    try {
      const toc = await fetchToc(descriptor, remote.blob, reading.cache);
      if (toc !== null) {
        const layer = layerOfToc(toc, remote, reading);
        findings.set(descriptor.digest, declaredBy(toc.format, descriptor.digest));
        return layer;
      }
    } catch (error) {
      if (!(error instanceof InvalidToc)) throw error;
      findings.set(descriptor.digest, unusable(error, descriptor.digest));
    }
    return streamedLayer(remote, reading);
  };
  const wanted = new Map<string, Descriptor>();
  for (const { document } of graph.manifests)
    for (const layer of document.layers)
      if (!graph.absentLayers.has(layer.digest)) wanted.set(blobName(layer.digest), layer);
  await atOnce(wanted, CONCURRENT_LAYERS, async ([name, layer]) => {
    layers.set(name, await read(layer));
  });
  reading.cache?.settle();
  const inOrder = [...wanted.values()].flatMap(({ digest }) => findings.get(digest) ?? []);
  return { ...described.withLayers(layers, inOrder), fingerprintKey: reading.fingerprintKey };
}

function declaredBy(format: TocFormat, digest: Digest): Finding {
  const name = format === 'estargz' ? 'eStargz' : format;
  const message = `the files of a layer are those that its table of contents (${name}) declares; the layer was not read`;
  return createFinding('toc-declared', message, { digest });
}

function unusable({ message }: InvalidToc, digest: Digest): Finding {
  return createFinding('toc-mismatch', `the table of contents of a layer cannot be used: ${message}`, {
    digest,
  });
}
