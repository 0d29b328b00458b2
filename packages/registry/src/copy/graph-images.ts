import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import {
  type Archive,
  type ArchiveFile,
  type ArchiveReader,
  archiveOf,
  blobName,
  type ImageDescription,
  type LayerBytes,
} from '@layers/core/image';
import { atOnce } from '@layers/core/io';
import type { Descriptor } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { ExistingLayer, NewImage } from '@layers/rewrite/image';
import { graphDocuments } from './graph-documents.js';
import { type GraphManifest, type ImageGraph, registryPath } from './image-graph.js';
import { readConfig } from './read-config.js';

/** Each is small, so that the time to wait for a response counts. */
const CONCURRENT_CONFIGS = 8;

/** An image of a registry, described by its documents. Its layers are not read. */
export interface GraphArchive {
  readonly graph: ImageGraph;
  readonly archive: Archive;
  /** Returns the archive with layers that were read, by the names of their files, and findings about them. */
  withLayers(layers: ReadonlyMap<string, LayerBytes>, findings: readonly Finding[]): Archive;
}

/**
 * Fetches the configs of the manifests of an image, and describes the image as `openArchive` of `@layers/core` does.
 *
 * @param path the name of the image in documents and errors
 * @throws LayersError ERR_LAYERS_REGISTRY, ERR_LAYERS_BLOB_MISMATCH, and the errors of documents
 */
export async function describeGraph(
  graph: ImageGraph,
  path: string = registryPath(graph),
): Promise<GraphArchive> {
  const files = new Map<string, Uint8Array>();
  for (const { name, bytes } of graphDocuments(graph, false)) files.set(name, bytes);
  for (const [name, bytes] of await configsOf(graph, files)) files.set(name, bytes);
  const open = (layers: ReadonlyMap<string, LayerBytes>, findings: readonly Finding[]): Archive =>
    archiveOf(new GraphReader(graph, { files, layers, findings }), path);
  return { graph, archive: open(new Map(), []), withLayers: open };
}

/** The configs of images that were described: a command may describe an image again. */
const fetched = new WeakMap<ImageGraph, Promise<ReadonlyMap<string, Uint8Array>>>();

/** Returns the configs that are not among the documents of an image, in the order of its manifests. */
function configsOf(
  graph: ImageGraph,
  documents: ReadonlyMap<string, Uint8Array>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const known = fetched.get(graph);
  if (known !== undefined) return known;
  const reading = fetchConfigs(graph, documents);
  fetched.set(graph, reading);
  reading.catch(() => fetched.delete(graph));
  return reading;
}

async function fetchConfigs(
  graph: ImageGraph,
  documents: ReadonlyMap<string, Uint8Array>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const configs = new Map<string, Descriptor>();
  for (const { document } of graph.manifests) {
    const name = blobName(document.config.digest);
    if (!documents.has(name)) configs.set(name, document.config);
  }
  const read = new Map<string, Uint8Array>();
  await atOnce(configs, CONCURRENT_CONFIGS, async ([name, config]) => {
    read.set(name, await readConfig(graph.repository, config));
  });
  return new Map(
    [...configs.keys()].flatMap((name) => {
      const bytes = read.get(name);
      return bytes === undefined ? [] : [[name, bytes] as const];
    }),
  );
}

/** What was read of an image of a registry. */
interface GraphParts {
  /** Documents. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly layers: ReadonlyMap<string, LayerBytes>;
  readonly findings: readonly Finding[];
}

/** The files of the layout that an image of a registry makes: its documents, and the layers that were read. */
class GraphReader implements ArchiveReader {
  readonly medium = 'registry';
  readonly seekable = false;
  readonly compression = null;
  readonly bytes = null;
  readonly findings: readonly Finding[];
  readonly #documents: ReadonlyMap<string, Uint8Array>;
  readonly #layers: ReadonlyMap<string, LayerBytes>;
  readonly #sizes = new Map<string, number>();

  constructor({ manifests, absentLayers }: ImageGraph, { files: documents, layers, findings }: GraphParts) {
    this.#documents = documents;
    this.#layers = layers;
    this.findings = findings;
    for (const { document } of manifests)
      for (const { digest, size } of document.layers)
        if (!absentLayers.has(digest)) this.#sizes.set(blobName(digest), size);
    for (const [name, { length }] of documents) this.#sizes.set(name, length);
  }

  find(name: string): ArchiveFile | null {
    const size = this.#sizes.get(name);
    return size === undefined ? null : { name, type: 'file', size, target: null };
  }

  names(): Iterable<string> {
    return this.#sizes.keys();
  }

  read({ name }: ArchiveFile): Uint8Array {
    const bytes = this.#documents.get(name);
    if (bytes !== undefined) return bytes;
    throw new LayersError('ERR_LAYERS_JSON', `${name} is not a document`, { file: name });
  }

  layer({ name }: ArchiveFile): LayerBytes | null {
    return this.#layers.get(name) ?? null;
  }

  occurrence(): number {
    return 1;
  }
}

/**
 * Returns the images of a registry for a writer. Each layer is read from the registry when it is written; the writer checks
 * its digest.
 *
 * @throws LayersError ERR_LAYERS_NO_IMAGE for an artifact, ERR_LAYERS_NO_CONFIG for layers without DiffIDs
 */
export function graphImages({ graph, archive }: GraphArchive): readonly NewImage[] {
  if (archive.images.length === 0) throw notAnImage(graph);
  return archive.images.map((description) => newImage(graph, description));
}

function newImage(graph: ImageGraph, description: ImageDescription): NewImage {
  const { configBytes, manifestDigest, tags, platform } = description;
  const manifest = graph.manifests.find(({ digest }) => digest === manifestDigest);
  if (configBytes === null || manifest === undefined) {
    throw notAnImage(graph);
  }
  return {
    layers: description.layers.map((layer, i) => newLayer(graph, manifest, layer.diffId, i)),
    config: () => configBytes,
    manifest: { bytes: manifest.bytes, mediaType: manifest.mediaType },
    tags,
    platform,
    annotations: new Map(),
  };
}

function notAnImage(graph: ImageGraph): LayersError {
  return new LayersError('ERR_LAYERS_NO_IMAGE', `${registryPath(graph)} is not a container image`, {
    hint: 'copy it as it is, to another registry or into an OCI layout',
  });
}

function newLayer(
  graph: ImageGraph,
  { document }: GraphManifest,
  diffId: Digest | null,
  position: number,
): ExistingLayer {
  const descriptor = document.layers[position];
  if (descriptor === undefined || diffId === null)
    throw new LayersError('ERR_LAYERS_NO_CONFIG', `the digest of layer ${position} is unknown`, {
      archive: registryPath(graph),
      hint: 'the config in the registry lacks DiffIDs: push the image again',
    });
  const { repository, absentLayers } = graph;
  const { digest, size, mediaType } = descriptor;
  return {
    kind: 'existing',
    digest,
    sizeBytes: size,
    diffId,
    mediaType,
    source: null,
    archive: registryPath(graph),
    isConcurrent: true,
    isAbsent: absentLayers.has(digest),
    // The writer checks the digest.
    chunks: () => repository.blob({ digest, size }, { checksDigest: false, freesMemory: true }),
  };
}
