import {
  type Archive,
  blobName,
  createUsage,
  type LayerBytes,
  type LayerCache,
  type Limits,
  layerOfToc,
} from '@layers/core/image';
import { atOnce } from '@layers/core/io';
import type { Descriptor } from '@layers/core/oci';
import { DECLARED_KEY, declaredFingerprints, declaredToc, InvalidToc } from '@layers/core/toc';
import { describeGraph } from '../copy/graph-images.js';
import { type ImageGraph, registryPath } from '../copy/image-graph.js';
import { declaredBy } from './declared-finding.js';
import { fetchToc } from './fetch-toc.js';
import type { KnownLayers } from './known-layers.js';
import { remoteLayer } from './remote-blob.js';

const CONCURRENT_LAYERS = 3;

export interface ListedOptions {
  /** The name of the image in documents and errors. */
  readonly path?: string | undefined;
  readonly cache?: LayerCache | undefined;
  readonly limits?: Limits | undefined;
  /** The layers of other images that were opened with the same map, which are not listed again. */
  readonly known: KnownLayers;
}

/** Whether the manifests of an image declare a TOC for each layer. */
export function isListed({ manifests, absentLayers }: ImageGraph): boolean {
  return manifests.every(({ document }) =>
    document.layers.every(
      ({ annotations, digest, size }) => !absentLayers.has(digest) && declaredToc(annotations, size) !== null,
    ),
  );
}

/**
 * Opens an image of a registry by the TOCs of its layers alone, so that its contents can be compared by their declared digests
 * with those of another image that was opened so. Null where a TOC cannot be used, or lacks a digest.
 *
 * @throws LayersError as `describeGraph` and `Repository.blob`, and ERR_LAYERS_LIMIT
 */
export async function openListed(graph: ImageGraph, options: ListedOptions): Promise<Archive | null> {
  const { path = registryPath(graph), cache, limits, known } = options;
  if (!isListed(graph)) return null;
  const described = await describeGraph(graph, path);
  const wanted = new Map<string, Descriptor>();
  for (const { document } of graph.manifests)
    for (const layer of document.layers) wanted.set(blobName(layer.digest), layer);
  const layers = new Map<string, LayerBytes>();
  const reading = { fingerprintKey: DECLARED_KEY, limits, contents: true, usage: createUsage() };
  try {
    await atOnce(wanted, CONCURRENT_LAYERS, async ([name, layer]) => {
      const remote = remoteLayer(graph, layer, null);
      const toc = known.has(layer.digest) ? null : await fetchToc(layer, remote.blob, cache);
      const fingerprints = toc === null ? null : declaredFingerprints(toc);
      if (toc !== null && fingerprints !== null)
        known.set(layer.digest, {
          layer: layerOfToc(toc, remote, reading, fingerprints),
          finding: declaredBy(toc.format, layer.digest),
        });
      const listed = known.get(layer.digest);
      if (listed === undefined) throw new InvalidToc('a content has no digest');
      layers.set(name, listed.layer);
    });
  } catch (error) {
    if (error instanceof InvalidToc) return null;
    throw error;
  }
  cache?.settle();
  const findings = [...wanted.values()].flatMap(({ digest }) => known.get(digest)?.finding ?? []);
  return { ...described.withLayers(layers, findings), fingerprintKey: DECLARED_KEY };
}
